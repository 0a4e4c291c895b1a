// SPDX-License-Identifier: Apache-2.0
#include "memory/map_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "memory/fault_map_file.h"
#include "sim/core/error.h"

namespace brownout::memory {
namespace {

using config::Section;

/// Relative: volts become a share of Vmin, and steps of a range are rounded.
constexpr double kSameVoltage = 1e-6;

std::optional<MapGeometry> read_geometry(Section& section) {
  if (!section.has("geometry")) return {};
  const std::string text =
      section.text("geometry", "blocks x rows x bits, where the file does not say it");
  const auto geometry = parse_geometry(text);
  if (!geometry) {
    section.fail("geometry",
                 fmt::format("found '{}', allowed: BLOCKS x ROWS x BITS, as 32 x 512 x 64", text));
  }
  return geometry;
}

std::vector<GroupId> read_buffers(Section& section) {
  std::vector<GroupId> buffers;
  const std::vector<std::string> all = {"ifmap", "filter", "ofmap"};
  for (const std::string& name :
       section.texts("buffers", "whose cells these are, in the order of their blocks", all)) {
    const auto found = std::find(all.begin(), all.end(), name);
    const auto group = static_cast<GroupId>(found - all.begin());
    if (found == all.end()) {
      section.fail("buffers", fmt::format("found '{}', allowed: {}", name, fmt::join(all, ", ")));
    } else if (std::find(buffers.begin(), buffers.end(), group) != buffers.end()) {
      section.fail("buffers", fmt::format("found '{}' twice, allowed: once", name));
    } else {
      buffers.push_back(group);
    }
  }
  if (buffers.empty()) section.fail("buffers", "found none, allowed: at least one");
  return buffers;
}

template <class Predicate>
bool any_fault(const FaultMap& map, Predicate predicate) {
  return std::any_of(map.levels().begin(), map.levels().end(), [&](const MapLevel& level) {
    return std::any_of(level.faults.begin(), level.faults.end(),
                       [&](const MapFault& fault) { return predicate(level, fault); });
  });
}

std::optional<UnknownDirection> read_unknown(Section& section, const FaultMap& map) {
  const bool has_unknown = any_fault(map, [](const MapLevel& /*level*/, const MapFault& fault) {
    return fault.reads == ReadsAs::kUnknown;
  });
  if (!has_unknown && !section.has("unknown_direction")) return {};
  return section.choice<UnknownDirection>("unknown_direction",
                                          "what cells do whose direction the map does not say",
                                          {{"flipped", UnknownDirection::kFlipped},
                                           {"zero", UnknownDirection::kZero},
                                           {"one", UnknownDirection::kOne},
                                           {"random", UnknownDirection::kRandom}});
}

}  // namespace

bool MapConfig::serves(GroupId group) const {
  return std::find(buffers.begin(), buffers.end(), group) != buffers.end();
}

std::optional<std::uint32_t> MapConfig::level_at(VminRatio voltage) const {
  for (std::uint32_t level = 0; level < voltages.size(); ++level) {
    const double difference = std::abs((voltages[level] - voltage).count());
    if (difference <= kSameVoltage * voltage.count()) return level;
  }
  if (voltage >= fault_free_from) return {};
  std::vector<std::string> allowed;
  for (std::size_t i = 0; i < voltages.size(); ++i) {
    allowed.push_back(
        map.relative_to_vmin()
            ? fmt::format("{} Vmin", voltages[i].count())
            : fmt::format("{} V ({:.6g} Vmin)", map.levels()[i].voltage, voltages[i].count()));
  }
  throw InputError(fmt::format(
      "found {:.6g} Vmin, allowed with the fault map {}: {}, and without faults {} Vmin",
      voltage.count(), map.name(), fmt::join(allowed, ", "), fault_free_from.count()));
}

bool MapConfig::is_random() const {
  return any_fault(map, [](const MapLevel& level, const MapFault& fault) {
    return fault.failures < level.reads;
  });
}

MapTiles::MapTiles(const FaultMap& map, const MacroGeometry& macro)
    : macro_(macro),
      blocks_(map.geometry().blocks),
      rows_(map.geometry().rows / macro.rows),
      columns_(map.geometry().word_bits / macro.word_bits) {
  const MapGeometry& geometry = map.geometry();
  if (geometry.rows % macro.rows != 0 || geometry.word_bits % macro.word_bits != 0) {
    throw InputError(fmt::format(
        "found blocks of {} words x {} bits in {}, allowed with macros of {} x {}: multiples of "
        "{} words and of {} bits",
        geometry.rows, geometry.word_bits, map.name(), macro.rows, macro.word_bits, macro.rows,
        macro.word_bits));
  }
}

MapTiles::Place MapTiles::place(const CellPlace& cell) const {
  return {(cell.block * rows_ + cell.row / macro_.rows) * columns_ + cell.bit / macro_.word_bits,
          RowId(cell.row % macro_.rows), BitId(cell.bit % macro_.word_bits)};
}

std::optional<MapConfig> read_map_config(Section section) {
  const std::string file = section.path("file", "the fault map, CSV or matrices").string();
  const auto geometry = read_geometry(section);
  const std::vector<GroupId> buffers = read_buffers(section);
  if (file.empty()) return {};
  try {
    FaultMap map = load_fault_map(file, geometry);
    const auto unknown = read_unknown(section, map);
    return MapConfig{std::move(map), unknown, buffers, {}, VminRatio(1)};
  } catch (const InputError& error) {
    static_cast<void>(section.has("unknown_direction"));
    section.fail("file", error.what());
    return {};
  }
}

void require_blocks(const MapConfig& config, const PerGroup<SramGeometry>& geometry) {
  std::uint64_t needed = 0;
  for (const GroupId group : config.buffers) needed += geometry[group].macros();
  const MacroGeometry& macro = geometry[config.buffers.front()].macro();
  const std::uint32_t given = MapTiles(config.map, macro).count();
  if (given < needed) {
    throw InputError(fmt::format(
        "found {} macros of {} x {} in {}, required: {} for its buffers; 'buffers' names fewer",
        given, macro.rows, macro.word_bits, config.map.name(), needed));
  }
}

}  // namespace brownout::memory
