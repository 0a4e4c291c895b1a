// SPDX-License-Identifier: Apache-2.0
#include "models/quantizer/weight_limit.h"

#include <fmt/format.h>

#include <string_view>

#include "sim/config/number.h"

namespace brownout::models {
namespace {

std::optional<WeightLimit> parse(std::string_view text) {
  const auto decimal = config::take_decimal(text);
  const auto value = decimal ? config::to_double(*decimal) : std::nullopt;
  if (!value || !(*value > 0)) return std::nullopt;
  if (text.empty()) return WeightLimit{*value, false};
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  if (text != "%" || *value > 100) return std::nullopt;
  return WeightLimit{*value / 100, true};
}

}  // namespace

double WeightLimit::limited(double scale, int levels) const {
  if (levels == 0) return scale;
  const double kept = is_share ? value * scale : value / levels;
  return kept < scale ? static_cast<double>(static_cast<float>(kept)) : scale;
}

std::string WeightLimit::text() const {
  return is_share ? fmt::format("{:.6g} %", value * 100) : fmt::format("{:.6g}", value);
}

std::optional<WeightLimit> read_weight_limit(config::Section section, const std::string& key) {
  if (!section.has(key)) return std::nullopt;
  const std::string text =
      section.text(key, "largest weight kept, or NN % of each layer's largest; finer codes");
  const auto limit = parse(text);
  if (!limit) {
    section.fail(
        key, fmt::format("found '{}', allowed: a number above 0, or above 0 % up to 100 %", text));
  }
  return limit;
}

}  // namespace brownout::models
