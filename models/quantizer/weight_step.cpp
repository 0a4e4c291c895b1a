// SPDX-License-Identifier: Apache-2.0
#include "models/quantizer/weight_step.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace brownout::models {
namespace {

double as_float32(double value) { return static_cast<double>(static_cast<float>(value)); }

double largest(const WeightView& weights) {
  float most = 0;
  for (std::size_t i = 0; i < weights.size; ++i) most = std::max(most, std::fabs(weights.data[i]));
  return static_cast<double>(most);
}

/// The smallest |weight| that at least `percent` of all do not exceed.
double percentile(const WeightView& weights, double percent) {
  std::vector<float> sizes(weights.size);
  std::transform(weights.data, weights.data + weights.size, sizes.begin(),
                 [](float weight) { return std::fabs(weight); });
  const double rank = std::ceil(percent / 100 * static_cast<double>(sizes.size()));
  const auto place = static_cast<std::ptrdiff_t>(std::max(rank, 1.0)) - 1;
  std::nth_element(sizes.begin(), sizes.begin() + place, sizes.end());
  return static_cast<double>(sizes[static_cast<std::size_t>(place)]);
}

/// Best of the steps from `lowest` to `highest`, found on ever finer grids around the best so far:
/// the error has one valley but for ripples, which a coarse grid steps over.
double least_error(const WeightView& weights, int levels, double lowest, double highest) {
  constexpr int kPoints = 24;
  constexpr int kRounds = 3;
  double best = as_float32(highest);
  double error = coding_error(weights, levels, best);
  for (int round = 0; round < kRounds; ++round) {
    const double ratio = std::pow(highest / lowest, 1.0 / kPoints);
    for (int i = 0; i < kPoints; ++i) {
      const double step = as_float32(lowest * std::pow(ratio, i));
      const double other = step > 0 ? coding_error(weights, levels, step) : error;
      if (other < error) {
        error = other;
        best = step;
      }
    }
    lowest = best / ratio;
    highest = best * ratio;
  }
  return best;
}

}  // namespace

double coding_error(const WeightView& weights, int levels, double step) {
  const auto most = static_cast<float>(levels);
  const auto inverse = static_cast<float>(1 / step);
  const auto real_step = static_cast<float>(step);
  double error = 0;
  for (std::size_t i = 0; i < weights.size; ++i) {
    const float weight = weights.data[i];
    const float code = std::clamp(std::nearbyint(weight * inverse), -most, most);
    const auto difference = static_cast<double>(weight - code * real_step);
    error += difference * difference;
  }
  return error;
}

double weight_step(const WeightView& weights, int levels, const WeightSpan& span) {
  // Spans below this share of the largest weight help no distribution seen.
  constexpr double kSmallestSpan = 1.0 / 64;
  const double highest = largest(weights) / levels;
  if (!(highest > 0)) return 0;
  switch (span.method) {
    case WeightSpan::Method::kPercentile: {
      const double kept = percentile(weights, span.percentile) / levels;
      return as_float32(kept > 0 ? kept : highest);  // nearly all weights are 0
    }
    case WeightSpan::Method::kMse:
      return least_error(weights, levels, highest * kSmallestSpan, highest);
    default:
      return as_float32(highest);
  }
}

}  // namespace brownout::models
