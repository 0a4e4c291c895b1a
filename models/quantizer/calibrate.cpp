// SPDX-License-Identifier: Apache-2.0
#include "models/quantizer/calibrate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "sim/core/error.h"

namespace brownout::models {
namespace {

constexpr int kCodeSteps = 255;

/// Values at the two cut-offs, `skipped` values beyond each. Reorders `values`.
Range cut_range(std::vector<float>& values, std::size_t skipped) {
  const auto low = values.begin() + static_cast<std::ptrdiff_t>(skipped);
  const auto high = values.end() - 1 - static_cast<std::ptrdiff_t>(skipped);
  std::nth_element(values.begin(), low, values.end());
  const auto lowest = static_cast<double>(*low);
  std::nth_element(low, high, values.end());
  return {lowest, static_cast<double>(*high)};
}

void check_finite(const FloatNode& node, const std::vector<float>& values) {
  if (std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); })) return;
  throw InputError(
      fmt::format("node '{}': gives infinity or no number on a calibration image", node.name));
}

}  // namespace

ActivationCoding activation_coding(const Range& range) {
  constexpr double kSteps = kCodeSteps;
  const double lowest = std::min(range.lowest, 0.0);
  const double highest = std::max(range.highest, 0.0);
  if (!(highest > lowest)) return {1.0, 0};  // a constant zero: any scale codes it exactly
  const double scale = static_cast<double>(static_cast<float>((highest - lowest) / kSteps));
  if (!(scale > 0)) return {1.0, 0};  // next to zero
  return {scale, static_cast<int>(std::clamp(std::round(-lowest / scale), 0.0, kSteps))};
}

Range image_range(const Preprocessing& preprocessing) {
  Range range;
  for (std::size_t c = 0; c < preprocessing.mean.size(); ++c) {
    range.lowest =
        std::min(range.lowest, (0.0 - preprocessing.mean[c]) / preprocessing.deviation[c]);
    range.highest =
        std::max(range.highest, (1.0 - preprocessing.mean[c]) / preprocessing.deviation[c]);
  }
  return range;
}

Calibrator::Calibrator(const FloatNetwork& network, const RangeChoice& choice)
    : network_(network),
      evaluator_(network),
      choice_(choice),
      ranges_(network.nodes.size() + 1, Range{}) {
  if (!(choice.percentile > 50.0) || choice.percentile > 100.0) {
    throw InputError(fmt::format("calibration percentile is {}, allowed are 50 (excluded) to 100",
                                 choice.percentile));
  }
  if (choice.method == RangeChoice::Method::kMse) histograms_.resize(network.nodes.size());
  if (choice.method == RangeChoice::Method::kMinMax) choice_.percentile = 100.0;
  ranges_.front() = image_range(network.preprocessing);
}

void Calibrator::add(std::vector<float> image) {
  std::vector<std::vector<float>> values = evaluator_.values(std::move(image));
  const double tail = 1.0 - choice_.percentile / 100.0;
  for (std::size_t i = 1; i < values.size(); ++i) {
    check_finite(network_.nodes[i - 1], values[i]);
    if (!histograms_.empty()) {
      histograms_[i - 1].add(values[i]);
      continue;
    }
    const auto skipped = static_cast<std::size_t>(tail * static_cast<double>(values[i].size() - 1));
    const Range range = cut_range(values[i], skipped);
    ranges_[i].lowest = std::min(ranges_[i].lowest, range.lowest);
    ranges_[i].highest = std::max(ranges_[i].highest, range.highest);
  }
  ++images_;
}

std::vector<Range> Calibrator::ranges() const {
  if (images_ == 0) throw InputError("calibration needs at least one image");
  std::vector<Range> ranges = ranges_;
  for (std::size_t i = 0; i < histograms_.size(); ++i) {
    ranges[i + 1] = histograms_[i].least_error(kCodeSteps);
  }
  for (std::size_t i = 1; i < ranges.size(); ++i) {
    ranges[i] = {ranges[i].lowest * choice_.headroom, ranges[i].highest * choice_.headroom};
  }
  return ranges;
}

}  // namespace brownout::models
