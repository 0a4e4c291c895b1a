// SPDX-License-Identifier: Apache-2.0
#include "models/quantizer/histogram.h"

#include <algorithm>
#include <cmath>

namespace brownout::models {

double Histogram::middle(std::size_t bin) const {
  const double width = 2 * half_width_ / static_cast<double>(kBins);
  return -half_width_ + (static_cast<double>(bin) + 0.5) * width;
}

void Histogram::widen() {
  std::vector<std::uint64_t> wider(kBins, 0);
  for (std::size_t i = 0; i < kBins; ++i) wider[kBins / 4 + i / 2] += bins_[i];
  bins_ = std::move(wider);
  half_width_ *= 2;
}

void Histogram::add(const std::vector<float>& values) {
  for (const float value : values) {
    const auto real = static_cast<double>(value);
    if (!std::isfinite(real) || real == 0) continue;  // zero is exact in any range
    seen_.lowest = std::min(seen_.lowest, real);
    seen_.highest = std::max(seen_.highest, real);
    if (bins_.empty()) {
      bins_.assign(kBins, 0);
      half_width_ = 2 * std::fabs(real);
    }
    while (std::fabs(real) >= half_width_) widen();
    const double place = (real + half_width_) / (2 * half_width_) * static_cast<double>(kBins);
    ++bins_[std::min(kBins - 1, static_cast<std::size_t>(place))];
  }
}

double Histogram::error(const Range& range, int levels) const {
  const double step = (range.highest - range.lowest) / levels;
  double sum = 0;
  for (std::size_t i = 0; i < kBins; ++i) {
    if (bins_[i] == 0) continue;
    const double value = middle(i);
    const double beyond = value - std::clamp(value, range.lowest, range.highest);
    sum += static_cast<double>(bins_[i]) * (beyond != 0 ? beyond * beyond : step * step / 12);
  }
  return sum;
}

Range Histogram::least_error(int levels) const {
  constexpr int kSteps = 100;
  Range best = seen_;
  if (bins_.empty()) return best;
  double least = error(best, levels);
  for (int i = 1; i < kSteps; ++i) {
    const double factor = 1 - static_cast<double>(i) / kSteps;
    const Range range{seen_.lowest * factor, seen_.highest * factor};
    const double found = error(range, levels);
    if (found >= least) continue;
    least = found;
    best = range;
  }
  return best;
}

}  // namespace brownout::models
