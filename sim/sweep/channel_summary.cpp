// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "sim/sweep/channel_errors.h"

namespace brownout::sweep {
namespace {

/// Values of channels on several chips, each in a unit of its own.
class Ratios {
 public:
  void add(ChipId chip, double value, double unit) {
    if (unit == 0) return;
    const double ratio = std::abs(value / unit);
    squares_ += ratio * ratio;
    ++count_;
    double& largest = largest_[chip.value()];
    largest = std::max(largest, ratio);
  }
  [[nodiscard]] double root_mean_square() const {
    return count_ == 0 ? 0 : std::sqrt(squares_ / static_cast<double>(count_));
  }
  /// Among a chip's channels, the mean over chips.
  [[nodiscard]] double largest() const {
    if (largest_.empty()) return 0;
    double sum = 0;
    for (const auto& chip : largest_) sum += chip.second;
    return sum / static_cast<double>(largest_.size());
  }

 private:
  double squares_ = 0;
  std::size_t count_ = 0;
  std::map<std::uint64_t, double> largest_;  ///< by chip
};

struct LayerRatios {
  std::size_t weights = 0;
  Ratios error, sum, shift, noise;
  double squared_errors = 0;
  double squared_sums = 0;

  void add(const ChannelError& one) {
    weights = one.weights;
    error.add(one.chip, one.error, one.norm);
    sum.add(one.chip, one.sum, one.norm);
    shift.add(one.chip, one.shift, one.spread);
    noise.add(one.chip, one.noise, one.spread);
    squared_errors += one.error * one.error;
    squared_sums += one.sum * one.sum;
  }
};

}  // namespace

std::vector<ChannelSummary> summarise(const ChannelErrors& errors) {
  std::map<std::pair<double, std::size_t>, LayerRatios> layers;  // by falling voltage and layer
  for (const ChannelError& one : errors.channels) {
    layers[{-one.voltage.count(), one.layer}].add(one);
  }
  std::vector<ChannelSummary> result;
  for (const auto& [key, of] : layers) {
    const double together = of.squared_errors == 0 ? 0 : of.squared_sums / of.squared_errors;
    result.push_back({key.second, VminRatio(-key.first), of.weights, of.error.root_mean_square(),
                      of.sum.root_mean_square(), of.sum.largest(), together,
                      of.shift.root_mean_square(), of.shift.largest(),
                      of.noise.root_mean_square()});
  }
  return result;
}

}  // namespace brownout::sweep
