// SPDX-License-Identifier: Apache-2.0
// Counts of a block that add up (layer 2): the profile of a chip is the sum over its blocks, and so
// is that of any other set of blocks, which makes permuting blocks cheap.
//
// Pairs are unordered pairs of cells of one block that both fail at the structure level, the
// voltage at which the spatial questions are asked.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "memory/fault_map.h"

namespace brownout::memory::validation {

/// Distances up to which pair correlation is counted, along a column and along a word.
constexpr std::size_t kReach = 16;

/// Cells at one voltage.
struct LevelCounts {
  double faults = 0;
  double before = 0;  ///< cells that failed at the next higher voltage
  double kept = 0;    ///< of these, the ones that fail here too
};

struct Profile {
  std::vector<LevelCounts> levels;  ///< falling voltage, as the map's
  double blocks = 0;
  // At the structure level:
  double faults = 0;
  double squares = 0;  ///< sum over blocks of faults squared
  double above = 0;    ///< faults one voltage higher; their squares, and products with faults here:
  double above_squares = 0;
  double above_products = 0;
  double pairs = 0;
  double same_column = 0;                      ///< pairs
  double same_word = 0;                        ///< pairs
  std::array<double, kReach> word_distance{};  ///< pairs in one column, 1 .. kReach words apart
  std::array<double, kReach> bit_distance{};   ///< pairs in one word, 1 .. kReach bits apart
  double ones = 0;                             ///< cells known to read 1
  double known = 0;                            ///< cells of known direction
  double reads = 0;                            ///< reads of failing cells, 0 when not recorded
  double failures = 0;
  double always = 0;               ///< cells that failed every read
  std::vector<double> bit_faults;  ///< failing cells by bit position

  Profile& operator+=(const Profile& other);
  /// What is left of a chip without some of its blocks.
  Profile& operator-=(const Profile& other);

 private:
  void add(const Profile& other, double sign);
};

/// One profile for each block of `map`, spatial questions asked at levels()[structure_level].
[[nodiscard]] std::vector<Profile> block_profiles(const FaultMap& map, std::size_t structure_level);

/// Sum of all; `profiles` must not be empty.
[[nodiscard]] Profile total(const std::vector<Profile>& profiles);

}  // namespace brownout::memory::validation
