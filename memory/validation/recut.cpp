// SPDX-License-Identifier: Apache-2.0
#include "memory/validation/recut.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

#include "sim/core/error.h"

namespace brownout::memory::validation {
namespace {

/// `map` with geometry `to`; `move` says whether a cell is in it and makes its place the new one.
template <class Move>
FaultMap moved(const FaultMap& map, const MapGeometry& to, Move move) {
  std::vector<MapLevel> levels;
  for (const MapLevel& level : map.levels()) {
    MapLevel result{level.voltage, level.reads, {}};
    for (const MapFault& fault : level.faults) {
      CellPlace place = map.geometry().place(fault.cell);
      if (!move(place)) continue;
      result.faults.push_back(
          {static_cast<std::uint32_t>(to.cell(place)), fault.reads, fault.failures});
    }
    levels.push_back(std::move(result));
  }
  return {map.name(), to, map.relative_to_vmin(), std::move(levels)};
}

}  // namespace

FaultMap cut_blocks(const FaultMap& map, std::uint32_t rows, std::uint32_t bits) {
  const MapGeometry& from = map.geometry();
  if (rows == 0 || bits == 0 || from.rows % rows != 0 || from.word_bits % bits != 0) {
    throw InputError(
        fmt::format("{}: found tiles of {} x {}, allowed: of which blocks of {} x {} consist",
                    map.name(), rows, bits, from.rows, from.word_bits));
  }
  const std::uint32_t down = from.rows / rows;
  const std::uint32_t across = from.word_bits / bits;
  return moved(map, {from.blocks * down * across, rows, bits}, [&](CellPlace& place) {
    const std::uint32_t tile = place.row / rows * across + place.bit / bits;
    place = {place.block * down * across + tile, place.row % rows, place.bit % bits};
    return true;
  });
}

FaultMap every_block(const FaultMap& map, std::uint32_t step) {
  require(step > 0, "a step from block to block");
  const MapGeometry& from = map.geometry();
  const MapGeometry to{(from.blocks + step - 1) / step, from.rows, from.word_bits};
  return moved(map, to, [&](CellPlace& place) {
    const bool kept = place.block % step == 0;
    place.block /= step;
    return kept;
  });
}

}  // namespace brownout::memory::validation
