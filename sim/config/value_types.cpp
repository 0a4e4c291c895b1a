// SPDX-License-Identifier: Apache-2.0
#include "sim/config/value_types.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <type_traits>

#include "sim/config/diagnostics.h"
#include "sim/config/number.h"
#include "sim/core/edit_distance.h"
#include "sim/core/units.h"

namespace brownout::config {
namespace {

// ` from 1 to 64`, with limits as `show` writes them.
std::string range_text(const Limits& limits, const std::function<std::string(double)>& show) {
  const bool has_lowest = std::isfinite(limits.lowest);
  const bool has_highest = std::isfinite(limits.highest);
  if (has_lowest && has_highest) {
    const char* form = limits.lowest_excluded ? " above {} up to {}" : " from {} to {}";
    return fmt::format(fmt::runtime(form), show(limits.lowest), show(limits.highest));
  }
  if (has_lowest) {
    return (limits.lowest_excluded ? " above " : " of at least ") + show(limits.lowest);
  }
  return has_highest ? " of at most " + show(limits.highest) : "";
}

std::string show_plain(double value) { return fmt::format("{}", value); }

// A number within `limits`.
double usable(const Limits& limits) {
  if (!std::isfinite(limits.lowest)) return std::isfinite(limits.highest) ? limits.highest : 0;
  if (!limits.lowest_excluded) return limits.lowest;
  return std::isfinite(limits.highest) ? limits.highest : limits.lowest + 1;
}

// The whole of a plain scalar as a number. Quoted digits are text, as YAML has it.
std::optional<Decimal> plain_decimal(const Node& node) {
  if (node.kind != NodeKind::kScalar || node.quoted) return {};
  std::string_view rest = node.text;
  auto decimal = take_decimal(rest);
  return rest.empty() ? decimal : std::nullopt;
}

std::optional<std::int64_t> parse_integer(const Node& node) {
  const auto decimal = plain_decimal(node);
  const auto magnitude = decimal ? exact_magnitude(*decimal) : std::nullopt;
  constexpr auto kHighest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (!magnitude || *magnitude > kHighest) return {};
  const auto value = static_cast<std::int64_t>(*magnitude);
  return decimal->negative ? -value : value;
}

template <class Q>
std::optional<Q> parse_quantity(const Node& node, Rejection& rejection) {
  if constexpr (std::is_floating_point_v<typename Q::rep>) {
    const Unit* unit = nullptr;
    const auto value = parse_real(node, units_of<Q>(), unit, rejection);
    return value ? std::optional<Q>(*value) : std::nullopt;
  } else {
    const auto count = parse_count(node, units_of<Q>(), rejection);
    return count ? std::optional<Q>(*count) : std::nullopt;
  }
}

// Limits are doubles; counts have none below zero.
template <class Q>
Q quantity_at(double value) {
  using Rep = typename Q::rep;
  if constexpr (std::is_unsigned_v<Rep>) value = std::max(value, 0.0);
  return Q(static_cast<Rep>(value));
}

template <class Q>
std::string render_quantity(const Q& value) {
  if constexpr (std::is_floating_point_v<typename Q::rep>) {
    return render_real(value.count(), units_of<Q>());
  } else {
    return render_count(value.count(), units_of<Q>());
  }
}

}  // namespace

ValueType<std::int64_t> integer_type(const Limits& limits) {
  return {"integer" + range_text(limits, show_plain), static_cast<std::int64_t>(usable(limits)),
          [limits](const Node& node, Rejection&) {
            const auto value = parse_integer(node);
            return value && limits.contain(static_cast<double>(*value)) ? value : std::nullopt;
          },
          [](const std::int64_t& value) { return fmt::format("{}", value); }};
}

ValueType<double> number_type(const Limits& limits) {
  return {"number" + range_text(limits, show_plain), usable(limits),
          [limits](const Node& node, Rejection&) {
            const auto decimal = plain_decimal(node);
            const auto value = decimal ? to_double(*decimal) : std::nullopt;
            return value && limits.contain(*value) ? value : std::nullopt;
          },
          [](const double& value) { return fmt::format("{}", value); }};
}

ValueType<bool> flag_type() {
  return {"true or false", false,
          [](const Node& node, Rejection&) -> std::optional<bool> {
            if (node.kind != NodeKind::kScalar || node.quoted) return {};
            if (node.text == "true") return true;
            return node.text == "false" ? std::optional<bool>(false) : std::nullopt;
          },
          [](const bool& value) { return value ? "true" : "false"; }};
}

ValueType<std::string> text_type() {
  return {"text", "",
          [](const Node& node, Rejection&) {
            const bool is_text = node.kind == NodeKind::kScalar;
            return is_text ? std::optional<std::string>(node.text) : std::nullopt;
          },
          yaml_text};
}

ValueType<std::filesystem::path> path_type(bool may_be_empty) {
  using std::filesystem::path;
  return {may_be_empty ? "path, or \"\" for none" : "path", path("."),
          [may_be_empty](const Node& node, Rejection&) -> std::optional<path> {
            const bool has_nul = node.text.find('\0') != std::string::npos;
            if (node.kind != NodeKind::kScalar || has_nul) return {};
            if (node.text.empty()) return may_be_empty ? std::optional<path>("") : std::nullopt;
            const path& folder = node.spot.source->folder;
            return std::filesystem::absolute(folder / node.text).lexically_normal();
          },
          [](const path& value) { return yaml_text(value.string()); }};
}

ValueType<std::size_t> choice_type(const std::vector<std::string>& words) {
  return {either(words), 0,
          [words](const Node& node, Rejection& rejection) -> std::optional<std::size_t> {
            if (node.kind != NodeKind::kScalar) return {};
            for (std::size_t i = 0; i < words.size(); ++i) {
              if (words[i] == node.text) return i;
            }
            rejection.hint = nearest_name(node.text, words).value_or("");
            return {};
          },
          [words](const std::size_t& value) { return yaml_text(words.at(value)); }};
}

template <class Q>
ValueType<Q> quantity_type(const Limits& limits) {
  const auto show = [](double value) { return render_quantity(quantity_at<Q>(value)); };
  return {"number with unit " + unit_names(units_of<Q>()) + range_text(limits, show),
          quantity_at<Q>(usable(limits)),
          [limits](const Node& node, Rejection& rejection) -> std::optional<Q> {
            const auto value = parse_quantity<Q>(node, rejection);
            if (!value || !limits.contain(static_cast<double>(value->count()))) return {};
            return value;
          },
          render_quantity<Q>};
}

template ValueType<Volts> quantity_type(const Limits&);
template ValueType<VminRatio> quantity_type(const Limits&);
template ValueType<Picojoules> quantity_type(const Limits&);
template ValueType<Milliwatts> quantity_type(const Limits&);
template ValueType<Picoseconds> quantity_type(const Limits&);
template ValueType<Hertz> quantity_type(const Limits&);
template ValueType<Cycles> quantity_type(const Limits&);
template ValueType<Bytes> quantity_type(const Limits&);
template ValueType<Bits> quantity_type(const Limits&);

ValueType<SupplyVoltage> voltage_type() {
  return {"number with unit " + unit_names(supply_units()) + " above 0", SupplyVoltage{1, true},
          [](const Node& node, Rejection& rejection) -> std::optional<SupplyVoltage> {
            const Unit* unit = nullptr;
            const auto value = parse_real(node, supply_units(), unit, rejection);
            if (!value || *value <= 0) return {};
            return SupplyVoltage{*value, unit->symbol == "Vmin"};
          },
          [](const SupplyVoltage& voltage) {
            return voltage.relative_to_vmin ? render_real(voltage.value, units_of<VminRatio>())
                                            : render_real(voltage.value, units_of<Volts>());
          }};
}

}  // namespace brownout::config
