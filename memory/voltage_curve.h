// SPDX-License-Identifier: Apache-2.0
// What a supply voltage does to a memory (layer 2): bit-error rate and energy per access as
// functions of V/Vmin, interpolated between published points.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/core/units.h"

namespace brownout::memory {

/// One measured operating point.
struct CurvePoint {
  VminRatio voltage;
  double bit_error_rate = 0;  ///< share of failing cells, 0..1
  double energy = 1;          ///< energy per access relative to Vmin
};

/// How BER is interpolated over voltage. Probit (a normal distribution of cell failure voltages)
/// fits published SRAM curves best; log-linear is the usual rule of thumb.
enum class Interpolation { kProbit, kLog };

/// Monotone curve through measured points; immutable.
class VoltageCurve {
 public:
  /// Throws InputError unless there are at least two points of distinct voltage, BER falls and
  /// energy rises with voltage, and at least two points have a BER above 0.
  VoltageCurve(std::vector<CurvePoint> points, Interpolation interpolation);

  /// Share of cells failing at `v`. Between the highest failing and the lowest fault-free point the
  /// slope of the last failing segment goes on (zero faults seen is not zero probability); at and
  /// above the fault-free point it is 0. Throws InputError outside the measured span.
  [[nodiscard]] double bit_error_rate(VminRatio v) const;

  /// Energy per access relative to Vmin, linear in V^2 between points (dynamic energy is C V^2).
  /// Throws InputError outside the measured span.
  [[nodiscard]] double energy_factor(VminRatio v) const;

  /// Points of rising voltage; rates are shares of cells.
  [[nodiscard]] const std::vector<CurvePoint>& points() const { return points_; }
  [[nodiscard]] VminRatio lowest() const { return points_.front().voltage; }
  [[nodiscard]] VminRatio highest() const { return points_.back().voltage; }

 private:
  [[nodiscard]] std::size_t segment_of(VminRatio v) const;
  [[nodiscard]] double transform(double rate) const;
  [[nodiscard]] double inverse_transform(double value) const;

  std::vector<CurvePoint> points_;  // rising voltage
  Interpolation interpolation_;
};

}  // namespace brownout::memory
