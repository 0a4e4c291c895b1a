// SPDX-License-Identifier: Apache-2.0
#include "memory/fault_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "sim/core/error.h"

namespace brownout::memory {
namespace {

std::string place_text(const MapGeometry& geometry, std::uint32_t cell) {
  const CellPlace place = geometry.place(cell);
  return fmt::format("block {} word {} bit {}", place.block, place.row, place.bit);
}

void check_level(const std::string& name, const MapGeometry& geometry, const MapLevel& level) {
  if (!std::isfinite(level.voltage) || level.voltage <= 0) {
    throw InputError(
        fmt::format("{}: found the voltage {}, allowed: numbers above 0", name, level.voltage));
  }
  for (std::size_t i = 0; i < level.faults.size(); ++i) {
    const MapFault& fault = level.faults[i];
    if (fault.cell >= geometry.cells()) {
      throw InputError(fmt::format("{}: found cell {} at {}, allowed: below {}", name, fault.cell,
                                   level.voltage, geometry.cells()));
    }
    if (i > 0 && level.faults[i - 1].cell == fault.cell) {
      throw InputError(fmt::format("{}: found {} twice at {}, allowed: once a voltage", name,
                                   place_text(geometry, fault.cell), level.voltage));
    }
    if (fault.failures > level.reads || (level.reads > 0 && fault.failures == 0)) {
      throw InputError(fmt::format("{}: found {} failures of {} at {}, allowed: 1 to {} reads",
                                   name, fault.failures, place_text(geometry, fault.cell),
                                   level.voltage, level.reads));
    }
  }
}

}  // namespace

std::string MapGeometry::text() const {
  return fmt::format("{} x {} x {}", blocks, rows, word_bits);
}

void check_geometry(const MapGeometry& geometry) {
  const bool fits = geometry.blocks > 0 && geometry.rows > 0 && geometry.word_bits > 0 &&
                    geometry.word_bits <= kMostMapWordBits &&
                    geometry.block_cells() <= kMostMapCells / geometry.blocks;
  if (!fits) {
    throw InputError(fmt::format(
        "found the geometry {}, allowed: blocks x rows x bits, at least 1 each, at most {} bits "
        "and 2^32 cells",
        geometry.text(), kMostMapWordBits));
  }
}

FaultMap::FaultMap(std::string name, MapGeometry geometry, bool relative_to_vmin,
                   std::vector<MapLevel> levels)
    : name_(std::move(name)),
      geometry_(geometry),
      relative_to_vmin_(relative_to_vmin),
      levels_(std::move(levels)) {
  check_geometry(geometry_);
  if (levels_.empty()) throw InputError(name_ + ": found no voltage, allowed: at least one");
  std::sort(levels_.begin(), levels_.end(),
            [](const MapLevel& a, const MapLevel& b) { return a.voltage > b.voltage; });
  for (std::size_t i = 0; i < levels_.size(); ++i) {
    if (i > 0 && levels_[i - 1].voltage == levels_[i].voltage) {
      throw InputError(fmt::format("{}: found {} twice, allowed: once", name_, levels_[i].voltage));
    }
    std::sort(levels_[i].faults.begin(), levels_[i].faults.end(),
              [](const MapFault& a, const MapFault& b) { return a.cell < b.cell; });
    check_level(name_, geometry_, levels_[i]);
  }
}

FaultMap FaultMap::select(const std::vector<std::size_t>& positions) const {
  std::vector<MapLevel> levels;
  levels.reserve(positions.size());
  for (const std::size_t position : positions) levels.push_back(levels_.at(position));
  return {name_, geometry_, relative_to_vmin_, std::move(levels)};
}

}  // namespace brownout::memory
