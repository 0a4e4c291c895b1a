// SPDX-License-Identifier: Apache-2.0
// The scales in which bit-error rates are lines over voltage (layer 2), and lines fitted in them.
#pragma once

#include <utility>
#include <vector>

#include "sim/core/units.h"

namespace brownout::memory {

/// How BER is interpolated over voltage. Probit (a normal distribution of cell failure voltages)
/// fits published SRAM curves best; log-linear is the usual rule of thumb.
enum class Interpolation { kProbit, kLog };

/// `rate` on the scale: its probit, or its natural logarithm; -infinity for 0.
[[nodiscard]] double on_scale(Interpolation scale, double rate);
/// Inverse of on_scale().
[[nodiscard]] double from_scale(Interpolation scale, double value);

/// on_scale(rate) = (mu - V) / sigma. In probit mu and sigma are mean and deviation of the cells'
/// failure voltages; in log mu is where the line reaches 1 and sigma a factor of e (times ln 10: a
/// decade).
struct LineFit {
  VminRatio mu;
  VminRatio sigma;
  double r2 = 0;  ///< coefficient of determination on the scale; 1 for two points
};

/// The least-squares line through (voltage, rate) pairs, of which those with rate 0 are left out:
/// neither scale has them. All others count alike, whatever their number of faults: a description
/// of published points, not an estimate (memory/validation fits cells by likelihood). Throws
/// InputError unless the rate differs between at least two voltages.
[[nodiscard]] LineFit fit_line(const std::vector<std::pair<VminRatio, double>>& rates,
                               Interpolation scale);

}  // namespace brownout::memory
