// SPDX-License-Identifier: Apache-2.0
// Two-sample permutation tests (layer 2, internal): the units of A first, then those of B, labels
// exchanged. The same for one unit of A against many of B, where it is a rank test.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "memory/validation/random_stream.h"

namespace brownout::memory::validation {

/// How units are divided anew: all ways to choose A's single unit, or that many random choices.
class Permutations {
 public:
  Permutations(std::size_t units_a, std::size_t units_b, std::size_t resamples, std::uint64_t seed);

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t units() const { return units_; }
  [[nodiscard]] std::size_t units_a() const { return units_a_; }
  /// The units that are A's in division `index`, which is never the one found by choice.
  void choose(std::size_t index, std::vector<std::size_t>& chosen) const;
  /// Smallest p-value of a test with `tails` tails.
  [[nodiscard]] double smallest_p(int tails) const {
    return tails / static_cast<double>(size_ + 1);
  }

 private:
  std::size_t units_a_;
  std::size_t units_;
  std::size_t size_;
  std::uint64_t seed_;
};

/// Rank of `found` among the statistics of all divisions.
struct Tails {
  double above = 1;  ///< divisions at least as high, the one found included
  double below = 1;
  double all = 1;

  void add(double found, double other);
  [[nodiscard]] double upper() const { return above / all; }
  [[nodiscard]] double both() const;
};

/// Upper-tail p-value of the largest standardised difference of A's and B's column means, and of
/// each column by itself (two-sided), over rows = units.
struct ColumnsTest {
  double statistic = 0;
  double p_value = 1;
  std::vector<double> column_p_values;
};
[[nodiscard]] ColumnsTest test_columns(const std::vector<std::vector<double>>& units,
                                       const Permutations& permutations);

}  // namespace brownout::memory::validation
