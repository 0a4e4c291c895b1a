// SPDX-License-Identifier: Apache-2.0
// Lists of supply voltages, item by item or as a range.
#include <cmath>

#include "sim/config/readers.h"
#include "sim/config/section.h"

namespace brownout::config {
namespace {

constexpr double kMostSteps = 10000;

// Steps are rounded to 1e-9 so that 0.9 is 0.9 and not 0.8999999999999999: voltages name results.
double rounded(double value) { return std::round(value * 1e9) / 1e9; }

std::vector<SupplyVoltage> steps_between(SupplyVoltage from, SupplyVoltage to, std::int64_t steps) {
  std::vector<SupplyVoltage> voltages;
  for (std::int64_t i = 0; i < steps; ++i) {
    const double part = static_cast<double>(i) / static_cast<double>(steps - 1);
    voltages.push_back(
        {rounded(from.value + (to.value - from.value) * part), from.relative_to_vmin});
  }
  voltages.front() = from;
  voltages.back().value = to.value;
  return voltages;
}

std::vector<SupplyVoltage> read_range(Section range) {
  const SupplyVoltage from = range.voltage("from", "first voltage");
  const SupplyVoltage to = range.voltage("to", "last voltage");
  const std::int64_t steps =
      range.integer("steps", "number of voltages, both ends included", between(2, kMostSteps));
  if (from.relative_to_vmin != to.relative_to_vmin && range.has("from") && range.has("to")) {
    range.fail("to", "found another kind of unit than in 'from', allowed: both Vmin or both volts");
    return {from};
  }
  return steps_between(from, to, steps);
}

}  // namespace

std::vector<SupplyVoltage> Section::voltages(
    const std::string& key, const std::string& description,
    const std::optional<std::vector<SupplyVoltage>>& fallback) {
  const Reader reader{*state_, *record_};
  const ValueType<SupplyVoltage> type = voltage_type();
  const std::string allowed = "list of at least one " + type.allowed + ", or {from, to, steps}";
  const Entry* entry = record_->find(key);
  std::vector<SupplyVoltage> answer;
  if (entry != nullptr && entry->value.kind == NodeKind::kMapping) {
    Ask& ask =
        record_->ask(AskKind::kValue, {key, description}, allowed,
                     fallback ? "default " + Reader::render_list(*fallback, type) : "required");
    if (ask.children.empty()) record_->add_child(ask, "", &entry->value, spot_of(*entry));
    answer = read_range(Section(*state_, *ask.children.front()));
    ask.value = Reader::render_list(answer, type);
  } else {
    answer = reader.list({key, description}, allowed, type, fallback);
    const bool is_empty_list =
        entry != nullptr && entry->value.kind == NodeKind::kList && entry->value.items.empty();
    if (is_empty_list) fail(key, found_message("an empty list", allowed));
  }
  if (answer.empty()) answer.push_back(type.substitute);
  return answer;
}

}  // namespace brownout::config
