// SPDX-License-Identifier: Apache-2.0
// Maxima and profiles of likelihoods of a few parameters (layer 2, internal), one parameter at a
// time: the likelihoods here have one maximum, and parameters that hardly depend on each other.
#pragma once

#include <cstddef>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

namespace brownout::memory::validation {

using Point = std::vector<double>;

class Ascent {
 public:
  static constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

  /// Moves the parameters `free` within their `ranges`, one for each parameter.
  Ascent(std::function<double(const Point&)> likelihood,
         std::vector<std::pair<double, double>> ranges, std::vector<std::size_t> free);

  /// Moves `point`, but for its parameter `fixed`, to the maximum; the likelihood there.
  double climb(Point& point, std::size_t fixed = kNone) const;

  /// The end of `parameter`'s profile interval from the maximum `top` towards `outside`: where the
  /// profile falls to `bound`; `outside` when it does not.
  [[nodiscard]] double end(const Point& top, std::size_t parameter, double outside,
                           double bound) const;
  /// Both ends.
  [[nodiscard]] std::pair<double, double> interval(const Point& top, std::size_t parameter,
                                                   double bound) const;

 private:
  std::function<double(const Point&)> likelihood_;
  std::vector<std::pair<double, double>> ranges_;
  std::vector<std::size_t> free_;
};

/// How far a log-likelihood falls within an interval of this confidence.
[[nodiscard]] double allowed_loss(double confidence);

}  // namespace brownout::memory::validation
