// SPDX-License-Identifier: Apache-2.0
#include "memory/measured_cells.h"

#include "memory/cell_counters.h"
#include "sim/core/error.h"
#include "sim/core/philox.h"

namespace brownout::memory {
namespace {

/// A failing cell without its place. One that failed all its reads, or was not read often, fails
/// always.
WeakCell cell_of(const MapFault& fault, std::uint32_t reads, const MapConfig& config, ChipId chip) {
  WeakCell cell;
  const bool sometimes = fault.failures < reads;
  cell.mechanism = sometimes ? Mechanism::kRandomRead : Mechanism::kStuckAt;
  if (sometimes) cell.chance = chance_of(static_cast<double>(fault.failures) / reads);
  cell.reads_one = fault.reads == ReadsAs::kOne;
  if (fault.reads != ReadsAs::kUnknown) return cell;
  switch (config.unknown.value()) {
    case UnknownDirection::kFlipped:
      cell.mechanism = sometimes ? Mechanism::kRandomInversion : Mechanism::kInvertedRead;
      break;
    case UnknownDirection::kZero:
      break;
    case UnknownDirection::kOne:
      cell.reads_one = true;
      break;
    case UnknownDirection::kRandom:
      cell.reads_one =
          philox(chip.value(), {counter_word(0, CellNumber::kMapState), fault.cell, 0, 0})[0] >>
          31U;
      break;
  }
  return cell;
}

}  // namespace

MeasuredCells::MeasuredCells(const MapConfig& config, const SramGeometry& geometry,
                             const MacroOrder& order, ChipId chip) {
  const MapTiles tiles(config.map, geometry.macro());
  std::vector<std::optional<MacroId>> macros(tiles.count());
  for (std::uint32_t macro = 0; macro < order.size(); ++macro) {
    macros.at(order[macro]) = MacroId(macro);
  }
  for (const MapLevel& level : config.map.levels()) {
    std::vector<WeakCell>& cells = levels_.emplace_back();
    for (const MapFault& fault : level.faults) {
      const MapTiles::Place place = tiles.place(config.map.geometry().place(fault.cell));
      const auto& macro = macros[place.tile];
      if (!macro) continue;
      WeakCell cell = cell_of(fault, level.reads, config, chip);
      cell.word = geometry.word_at(*macro, place.row);
      cell.bit = place.bit;
      cells.push_back(cell);
    }
  }
}

CellRange MeasuredCells::failing(std::optional<std::uint32_t> level) const {
  if (!level) return {};
  const std::vector<WeakCell>& cells = levels_.at(*level);
  return {cells.data(), cells.data() + cells.size()};
}

CellChange MeasuredCells::change(std::optional<std::uint32_t> from,
                                 std::optional<std::uint32_t> to) const {
  if (from == to) return {};
  return {failing(from), failing(to)};
}

}  // namespace brownout::memory
