// SPDX-License-Identifier: Apache-2.0
// Values of a tensor counted by size (layer 2), and the range that codes them with least error.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace brownout::models {

/// Real interval of a tensor; always holds 0, since padding and ReLU need an exact zero.
struct Range {
  double lowest = 0.0;
  double highest = 0.0;
};

/// Equal bins symmetric about zero; they double in width whenever a value lies outside.
class Histogram {
 public:
  void add(const std::vector<float>& values);

  /// The part of [lowest, highest] seen, both ends shrunk by the same factor, whose `levels` equal
  /// steps give the least sum of squared errors: a value inside errs by the step's uniform error,
  /// step^2 / 12, one outside by its distance. Bins stand for their middles.
  [[nodiscard]] Range least_error(int levels) const;

 private:
  static constexpr std::size_t kBins = 4096;

  [[nodiscard]] double middle(std::size_t bin) const;
  [[nodiscard]] double error(const Range& range, int levels) const;
  void widen();

  std::vector<std::uint64_t> bins_;
  double half_width_ = 0;  ///< bins cover [-half_width_, half_width_]
  Range seen_;
};

}  // namespace brownout::models
