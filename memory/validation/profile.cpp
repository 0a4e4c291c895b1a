// SPDX-License-Identifier: Apache-2.0
#include "memory/validation/profile.h"

#include <algorithm>

#include "sim/core/error.h"

namespace brownout::memory::validation {
namespace {

std::uint32_t block_of(const MapGeometry& geometry, std::uint32_t cell) {
  return static_cast<std::uint32_t>(cell / geometry.block_cells());
}

void count_level(const FaultMap& map, std::size_t level, std::vector<Profile>& profiles) {
  const auto& faults = map.levels()[level].faults;
  for (const MapFault& fault : faults) {
    profiles[block_of(map.geometry(), fault.cell)].levels[level].faults += 1;
  }
  if (level == 0) return;
  auto here = faults.begin();
  for (const MapFault& above : map.levels()[level - 1].faults) {
    LevelCounts& counts = profiles[block_of(map.geometry(), above.cell)].levels[level];
    counts.before += 1;
    while (here != faults.end() && here->cell < above.cell) ++here;
    if (here != faults.end() && here->cell == above.cell) counts.kept += 1;
  }
}

void count_above(std::size_t structure_level, std::vector<Profile>& profiles) {
  for (Profile& profile : profiles) {
    profile.above = profile.levels[structure_level - 1].faults;
    profile.above_squares = profile.above * profile.above;
    profile.above_products = profile.above * profile.faults;
  }
}

double pairs_of(double count) { return count * (count - 1) / 2; }

using Places = std::vector<CellPlace>;

/// Pairs of consecutive runs of equal `line`, and of their cells' distances up to kReach, in cells
/// sorted by line and position.
template <class Line, class Position>
void count_pairs(const Places& cells, Line line, Position position, double& same,
                 std::array<double, kReach>& distances) {
  for (std::size_t i = 0, begin = 0; i < cells.size(); ++i) {
    if (line(cells[i]) != line(cells[begin])) begin = i;
    same += static_cast<double>(i - begin);
    for (std::size_t j = i; j-- > begin;) {
      const std::uint32_t distance = position(cells[i]) - position(cells[j]);
      if (distance > kReach) break;
      distances[distance - 1] += 1;
    }
  }
}

void count_places(Places& cells, Profile& profile) {
  const auto row = [](const CellPlace& cell) { return cell.row; };
  const auto bit = [](const CellPlace& cell) { return cell.bit; };
  count_pairs(cells, row, bit, profile.same_word, profile.bit_distance);
  std::sort(cells.begin(), cells.end(), [](const CellPlace& a, const CellPlace& b) {
    return a.bit != b.bit ? a.bit < b.bit : a.row < b.row;
  });
  count_pairs(cells, bit, row, profile.same_column, profile.word_distance);
  const auto count = static_cast<double>(cells.size());
  profile.faults = count;
  profile.squares = count * count;
  profile.pairs = pairs_of(count);
  for (const CellPlace& cell : cells) profile.bit_faults[cell.bit] += 1;
}

void count_behaviour(const MapLevel& level, const MapFault& fault, Profile& profile) {
  if (fault.reads != ReadsAs::kUnknown) profile.known += 1;
  if (fault.reads == ReadsAs::kOne) profile.ones += 1;
  profile.reads += level.reads;
  profile.failures += fault.failures;
  if (level.reads > 0 && fault.failures == level.reads) profile.always += 1;
}

}  // namespace

void Profile::add(const Profile& other, double sign) {
  require(levels.size() == other.levels.size() && bit_faults.size() == other.bit_faults.size(),
          "profiles of one geometry and the same voltages");
  for (std::size_t i = 0; i < levels.size(); ++i) {
    levels[i].faults += sign * other.levels[i].faults;
    levels[i].before += sign * other.levels[i].before;
    levels[i].kept += sign * other.levels[i].kept;
  }
  for (std::size_t i = 0; i < bit_faults.size(); ++i) bit_faults[i] += sign * other.bit_faults[i];
  for (std::size_t i = 0; i < kReach; ++i) {
    word_distance[i] += sign * other.word_distance[i];
    bit_distance[i] += sign * other.bit_distance[i];
  }
  for (double Profile::*const sum :
       {&Profile::blocks, &Profile::faults, &Profile::squares, &Profile::above,
        &Profile::above_squares, &Profile::above_products, &Profile::pairs, &Profile::same_column,
        &Profile::same_word, &Profile::ones, &Profile::known, &Profile::reads, &Profile::failures,
        &Profile::always}) {
    this->*sum += sign * (other.*sum);
  }
}

Profile& Profile::operator+=(const Profile& other) {
  add(other, 1);
  return *this;
}

Profile& Profile::operator-=(const Profile& other) {
  add(other, -1);
  return *this;
}

std::vector<Profile> block_profiles(const FaultMap& map, std::size_t structure_level) {
  const MapGeometry& geometry = map.geometry();
  Profile empty;
  empty.blocks = 1;
  empty.levels.resize(map.levels().size());
  empty.bit_faults.resize(geometry.word_bits);
  std::vector<Profile> profiles(geometry.blocks, empty);
  for (std::size_t level = 0; level < map.levels().size(); ++level) {
    count_level(map, level, profiles);
  }
  const MapLevel& level = map.levels().at(structure_level);
  Places cells;
  for (std::size_t i = 0; i < level.faults.size();) {
    const std::uint32_t block = block_of(geometry, level.faults[i].cell);
    cells.clear();
    for (; i < level.faults.size() && block_of(geometry, level.faults[i].cell) == block; ++i) {
      cells.push_back(geometry.place(level.faults[i].cell));
      count_behaviour(level, level.faults[i], profiles[block]);
    }
    count_places(cells, profiles[block]);
  }
  if (structure_level > 0) count_above(structure_level, profiles);
  return profiles;
}

Profile total(const std::vector<Profile>& profiles) {
  require(!profiles.empty(), "a sum of profiles has parts");
  Profile sum = profiles.front();
  for (std::size_t i = 1; i < profiles.size(); ++i) sum += profiles[i];
  return sum;
}

}  // namespace brownout::memory::validation
