// SPDX-License-Identifier: Apache-2.0
// Maps that differ from independent cells in one property, for the power of the tests.
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/memory/validation/simulated_map.h"

namespace brownout::memory::validation {

/// Moves a share of the cells, the same way at all voltages; `move` changes a place.
template <class Move>
FaultMap with_moved_cells(const FaultMap& map, double share, std::uint64_t seed, Move move) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> uniform;
  const MapGeometry& geometry = map.geometry();
  std::vector<std::pair<std::uint32_t, std::uint32_t>> moved;
  std::set<std::uint32_t> taken;
  for (const MapFault& fault : map.levels().back().faults) taken.insert(fault.cell);
  for (const MapFault& fault : map.levels().back().faults) {
    if (uniform(random) >= share) continue;
    CellPlace place = geometry.place(fault.cell);
    move(place, random);
    const auto to = static_cast<std::uint32_t>(geometry.cell(place));
    if (taken.insert(to).second) moved.emplace_back(fault.cell, to);
  }
  std::vector<MapLevel> levels = map.levels();
  for (MapLevel& level : levels) {
    for (MapFault& fault : level.faults) {
      const auto found =
          std::lower_bound(moved.begin(), moved.end(), std::pair(fault.cell, std::uint32_t{0}));
      if (found != moved.end() && found->first == fault.cell) fault.cell = found->second;
    }
  }
  return {map.name(), geometry, map.relative_to_vmin(), std::move(levels)};
}

/// Cells that fail gather beside each other: every other one becomes the neighbour of the one
/// before it in its block, one word or one bit further.
inline FaultMap with_neighbours(const FaultMap& map, bool along_words, std::uint64_t seed) {
  CellPlace last{~0U, 0, 0};
  const MapGeometry geometry = map.geometry();
  return with_moved_cells(map, 1, seed, [&](CellPlace& place, std::mt19937_64& random) {
    if (place.block == last.block && random() % 2 == 0) {
      place = last;
      std::uint32_t& position = along_words ? place.bit : place.row;
      position = (position + 1) % (along_words ? geometry.word_bits : geometry.rows);
      last.block = ~0U;
    } else {
      last = place;
    }
  });
}

/// The same two words of each block take a share of its cells.
inline FaultMap with_weak_words(const FaultMap& map, double share, std::uint64_t seed) {
  return with_moved_cells(map, share, seed, [](CellPlace& place, std::mt19937_64& random) {
    place.row = (place.block * 7 + static_cast<std::uint32_t>(random() % 2)) % 64;
  });
}

/// Bit 3 of all words takes a share of all cells.
inline FaultMap with_weak_bit(const FaultMap& map, double share, std::uint64_t seed) {
  return with_moved_cells(map, share, seed,
                          [](CellPlace& place, std::mt19937_64& /*random*/) { place.bit = 3; });
}

/// A share of the cells is well again at the lowest voltage.
inline FaultMap with_healed_cells(const FaultMap& map, double share, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> uniform;
  std::vector<MapLevel> levels = map.levels();
  std::set<std::uint32_t> healed;
  for (const MapFault& fault : levels[levels.size() - 2].faults) {
    if (uniform(random) < share) healed.insert(fault.cell);
  }
  auto& faults = levels.back().faults;
  faults.erase(std::remove_if(faults.begin(), faults.end(),
                              [&](const MapFault& f) { return healed.count(f.cell) != 0; }),
               faults.end());
  return {map.name(), map.geometry(), map.relative_to_vmin(), std::move(levels)};
}

/// Cells that fail at the lowest voltage only lie in the blocks counted from the other end.
inline FaultMap with_changing_blocks(const FaultMap& map, std::uint64_t seed) {
  std::set<std::uint32_t> above;
  const MapGeometry geometry = map.geometry();
  for (const MapFault& fault : map.levels()[map.levels().size() - 2].faults) {
    above.insert(fault.cell);
  }
  return with_moved_cells(map, 1, seed, [&](CellPlace& place, std::mt19937_64& /*random*/) {
    if (above.count(static_cast<std::uint32_t>(geometry.cell(place))) != 0) return;
    place.block = geometry.blocks - 1 - place.block;
  });
}

/// The second voltage from below shows all the cells of the lowest: a curve with a step.
inline FaultMap with_bent_curve(const FaultMap& map) {
  std::vector<MapLevel> levels = map.levels();
  levels[levels.size() - 2].faults = levels.back().faults;
  return {map.name(), map.geometry(), map.relative_to_vmin(), std::move(levels)};
}

}  // namespace brownout::memory::validation
