// SPDX-License-Identifier: Apache-2.0
#include "sim/config/quantity.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <string_view>

#include "sim/config/diagnostics.h"
#include "sim/config/number.h"
#include "sim/core/edit_distance.h"

namespace brownout::config {
namespace {

// Base units read best in this range; beyond it a prefix does.
constexpr double kSmallestPlain = 1e-3;
constexpr double kLargestPlain = 1e4;

struct Parts {
  Decimal number;
  const Unit* unit = nullptr;
};

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// Both micro signs, U+00B5 and U+03BC, as u.
std::string plain_micro(std::string text) {
  for (const std::string_view micro : {"\xC2\xB5", "\xCE\xBC"}) {
    const std::size_t at = text.find(micro);
    if (at != std::string::npos) text.replace(at, micro.size(), "u");
  }
  return text;
}

std::string meant_unit(const std::string& symbol, const UnitFamily& units) {
  std::vector<std::string> symbols;
  for (const Unit& unit : units) {
    if (lower(unit.symbol) == lower(symbol)) return unit.symbol;
    symbols.push_back(unit.symbol);
  }
  return nearest_name(symbol, symbols).value_or("");
}

std::optional<Parts> split(const Node& node, const UnitFamily& units, Rejection& rejection) {
  if (node.kind != NodeKind::kScalar) return {};
  const std::string text = plain_micro(node.text);
  std::string_view rest = text;
  const auto number = take_decimal(rest);
  if (!number) return {};
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  const std::string symbol(rest);
  if (symbol.empty()) {
    rejection.found += " without a unit";
    return {};
  }
  const auto unit = std::find_if(units.begin(), units.end(),
                                 [&symbol](const Unit& u) { return u.symbol == symbol; });
  if (unit == units.end()) {
    rejection.found += " with unit " + quote(symbol);
    rejection.hint = meant_unit(symbol, units);
    return {};
  }
  return Parts{*number, &*unit};
}

const Unit& base_unit(const UnitFamily& units) {
  return *std::find_if(units.begin(), units.end(),
                       [](const Unit& unit) { return unit.power == 0 && unit.factor == 1; });
}

Decimal shortest(double value) {
  const std::string text = fmt::format("{}", value);
  std::string_view rest = text;
  return take_decimal(rest).value_or(Decimal{false, "0", 0});
}

// `value` in `unit` if it is at least 1 there and reads back as the same double.
std::optional<std::string> render_in(double value, const Unit& unit) {
  const auto scaled = to_double(shortest(value), -unit.power);
  if (!scaled || std::fabs(*scaled) < 1 || std::fabs(*scaled) >= 1e3) return {};
  if (to_double(shortest(*scaled), unit.power) != value) return {};
  return fmt::format("{} {}", *scaled, unit.symbol);
}

}  // namespace

std::string unit_names(const UnitFamily& units) {
  std::vector<std::string> names;
  for (const Unit& unit : units) {
    if (unit.listed) names.push_back(unit.symbol);
  }
  return either(names);
}

std::optional<double> parse_real(const Node& node, const UnitFamily& units, const Unit*& unit,
                                 Rejection& rejection) {
  const auto parts = split(node, units, rejection);
  if (!parts) return {};
  unit = parts->unit;
  return to_double(parts->number, unit->power);
}

std::optional<std::uint64_t> parse_count(const Node& node, const UnitFamily& units,
                                         Rejection& rejection) {
  const auto parts = split(node, units, rejection);
  if (!parts) return {};
  const auto count = exact_magnitude(parts->number, parts->unit->power, parts->unit->factor);
  if (count && *count != 0 && parts->number.negative) return {};
  if (!count) rejection.found += ", not a whole number of " + base_unit(units).symbol;
  return count;
}

std::string render_real(double value, const UnitFamily& units) {
  const double size = std::fabs(value);
  if (value != 0 && (size < kSmallestPlain || size >= kLargestPlain)) {
    for (const Unit& unit : units) {
      if (const auto text = render_in(value, unit)) return *text;
    }
  }
  return fmt::format("{} {}", value, base_unit(units).symbol);
}

std::string render_count(std::uint64_t value, const UnitFamily& units) {
  const Unit* best = &base_unit(units);
  for (const Unit& unit : units) {
    if (value != 0 && unit.power == 0 && unit.factor > best->factor && value % unit.factor == 0) {
      best = &unit;
    }
  }
  return fmt::format("{} {}", value / best->factor, best->symbol);
}

}  // namespace brownout::config
