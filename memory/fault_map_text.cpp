// SPDX-License-Identifier: Apache-2.0
#include "memory/fault_map_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "memory/fault_map_file.h"
#include "sim/config/diagnostics.h"
#include "sim/core/error.h"

namespace brownout::memory::map_text {
namespace {

constexpr double kHighestVoltage = 10;  // in V or Vmin: beyond it a unit is missing

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

/// `key: value` of a comment line, if it is `key`.
std::optional<Word> directive(const Word& line, std::string_view key) {
  Word rest = trimmed({line.text.substr(1), {line.spot.line, line.spot.column + 1}});
  if (rest.text.substr(0, key.size()) != key) return {};
  rest = trimmed({rest.text.substr(key.size()), {rest.spot.line, rest.spot.column + key.size()}});
  if (rest.text.empty() || rest.text.front() != ':') return {};
  return trimmed({rest.text.substr(1), {rest.spot.line, rest.spot.column + 1}});
}

std::optional<VoltageUnit> unit_of(std::string_view text) {
  if (text == "V") return VoltageUnit::kVolts;
  if (text == "mV") return VoltageUnit::kMillivolts;
  if (text == "Vmin") return VoltageUnit::kVmin;
  return {};
}

void read_directives(Input& input, const Word& line) {
  if (const auto value = directive(line, "geometry")) {
    const auto stated = parse_geometry(std::string(value->text));
    if (!stated) input.fail(value->spot, value->text, "BLOCKS x ROWS x BITS");
    input.geometry = stated;
  } else if (const auto unit = directive(line, "unit")) {
    const auto known = unit_of(unit->text);
    if (!known) input.fail(unit->spot, unit->text, "V, mV or Vmin");
    input.unit = *known;
  }
}

}  // namespace

void Input::fail(const Spot& spot, std::string_view found, const std::string& allowed) const {
  throw InputError(config::one_line(
      fmt::format("{}:{}:{}: found {}, allowed: {}", name, spot.line, spot.column,
                  found.empty() ? "nothing" : config::quote(std::string(found)), allowed)));
}

Word trimmed(const Word& word) {
  Word result = word;
  while (!result.text.empty() && is_blank(result.text.front())) {
    result.text.remove_prefix(1);
    ++result.spot.column;
  }
  while (!result.text.empty() && is_blank(result.text.back())) result.text.remove_suffix(1);
  return result;
}

std::vector<Word> split(const Word& word, char separator) {
  std::vector<Word> pieces;
  std::size_t begin = 0;
  while (true) {
    const std::size_t end = word.text.find(separator, begin);
    pieces.push_back(trimmed(
        {word.text.substr(begin, end - begin), {word.spot.line, word.spot.column + begin}}));
    if (end == std::string_view::npos) return pieces;
    begin = end + 1;
  }
}

Input make_input(const std::string& name, const std::string& text,
                 const std::optional<MapGeometry>& geometry) {
  Input input{name, {}, {}, VoltageUnit::kVolts};
  const std::string_view all = text;
  std::size_t number = 0;
  for (std::size_t begin = 0; begin < all.size();) {
    const std::size_t end = std::min(all.find('\n', begin), all.size());
    const Word line = trimmed({all.substr(begin, end - begin), {++number, 1}});
    begin = end + 1;
    if (line.text.empty()) continue;
    if (line.text.front() == '#') {
      read_directives(input, line);
    } else {
      input.lines.push_back(line);
    }
  }
  if (!input.geometry) input.geometry = geometry;
  if (input.geometry) {
    try {
      check_geometry(*input.geometry);
    } catch (const InputError& error) {
      throw InputError(name + ": " + error.what());
    }
  }
  return input;
}

std::uint32_t read_count(const Input& input, const Word& word, const char* what,
                         std::uint32_t highest) {
  std::uint32_t value = 0;
  const char* const end = word.text.data() + word.text.size();
  const auto [stop, error] = std::from_chars(word.text.data(), end, value);
  if (error != std::errc() || stop != end || value > highest) {
    input.fail(word.spot, word.text, fmt::format("{} from 0 to {}", what, highest));
  }
  return value;
}

MapLevel& MapBuilder::level(const Word& word) {
  const std::string allowed = fmt::format(
      "a voltage above 0 and up to {}, as 0.54, 0.54 V, 540 mV or 0.9 Vmin", kHighestVoltage);
  double value = 0;
  const char* const end = word.text.data() + word.text.size();
  const auto [stop, error] = std::from_chars(word.text.data(), end, value);
  if (error != std::errc()) input_.fail(word.spot, word.text, allowed);
  const Word unit_word = trimmed({{stop, static_cast<std::size_t>(end - stop)}, word.spot});
  const auto unit =
      unit_word.text.empty() ? std::optional<VoltageUnit>(input_.unit) : unit_of(unit_word.text);
  if (!unit) input_.fail(word.spot, word.text, allowed);
  if (*unit == VoltageUnit::kMillivolts) value /= 1000;
  if (!(value > 0) || value > kHighestVoltage) input_.fail(word.spot, word.text, allowed);
  const bool relative = *unit == VoltageUnit::kVmin;
  if (relative_to_vmin_.value_or(relative) != relative) {
    input_.fail(word.spot, word.text, "voltages of one file all in V or all in Vmin");
  }
  relative_to_vmin_ = relative;
  MapLevel& level = levels_[value].level;
  level.voltage = value;
  return level;
}

void MapBuilder::add(MapLevel& level, const MapFault& fault, const Spot& spot) {
  level.faults.push_back(fault);
  levels_[level.voltage].spots.emplace_back(fault.cell, spot);
}

FaultMap MapBuilder::finish(const MapGeometry& geometry) {
  std::vector<MapLevel> levels;
  for (auto& [voltage, growing] : levels_) {
    auto& spots = growing.spots;
    std::sort(spots.begin(), spots.end(), [](const auto& a, const auto& b) {
      return a.first != b.first ? a.first < b.first : a.second.line < b.second.line;
    });
    const auto twice =
        std::adjacent_find(spots.begin(), spots.end(),
                           [](const auto& a, const auto& b) { return a.first == b.first; });
    if (twice != spots.end()) {
      const CellPlace place = geometry.place(twice->first);
      input_.fail(std::next(twice)->second,
                  fmt::format("block {} word {} bit {} again", place.block, place.row, place.bit),
                  fmt::format("a cell once a voltage, it stands in line {}", twice->second.line));
    }
    levels.push_back(std::move(growing.level));
  }
  if (levels.empty()) {
    throw InputError(input_.name + ": found no voltage, allowed: at least one");
  }
  return {input_.name, geometry, relative_to_vmin_.value_or(false), std::move(levels)};
}

}  // namespace brownout::memory::map_text
