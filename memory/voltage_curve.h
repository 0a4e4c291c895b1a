// SPDX-License-Identifier: Apache-2.0
// What a supply voltage does to a memory (layer 2): bit-error rate and energy per access as
// functions of V/Vmin, interpolated between published points.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "memory/rate_scale.h"
#include "sim/core/statistics.h"
#include "sim/core/units.h"

namespace brownout::memory {

/// What a published rate was counted from.
struct FaultCounts {
  std::uint64_t faults = 0;
  std::uint64_t bits = 0;
};

/// One measured operating point.
struct CurvePoint {
  VminRatio voltage;
  double bit_error_rate = 0;  ///< as published, 0..1
  double energy = 1;          ///< energy per access relative to Vmin
  std::optional<FaultCounts> counts = {};
};

struct CurveOptions {
  bool extrapolate = false;
  /// Published faults a failing cell causes: 1 where failing cells were published. Where wrong bits
  /// were, what FaultConfig::wrong_bits_per_cell() says; the rates of cells are the published ones
  /// over it.
  double faults_per_cell = 1;
};

/// Monotone curve through measured points; immutable. Rates it gives are shares of failing cells.
///
/// Outside the measured span it throws InputError, unless it may extrapolate: then rates go on
/// along the line through the outermost two failing points on the scale of interpolation (0 where
/// the highest measured voltage is fault-free), and energies linearly in V^2.
class VoltageCurve {
 public:
  /// Throws InputError unless there are at least two points of distinct voltage, BER falls and
  /// energy rises with voltage, and at least two points have a BER above 0; and when rates of cells
  /// reach 1.
  VoltageCurve(std::vector<CurvePoint> points, Interpolation interpolation,
               CurveOptions options = {});

  /// Share of cells failing at `v`. Between the highest failing and the lowest fault-free point the
  /// slope of the last failing segment goes on (zero faults seen is not zero probability); at and
  /// above the fault-free point it is 0. Throws InputError where an extrapolated rate reaches 1.
  [[nodiscard]] double bit_error_rate(VminRatio v) const;

  /// Confidence interval of bit_error_rate(v) from the counts of the points around `v`; none where
  /// one of them has no counts, and outside the measured span.
  ///
  /// At a point it is Clopper-Pearson's. Between two points it joins the ends of their intervals
  /// on the scale of interpolation, each of them at the level 1 - (1 - level) / 2: both hold at
  /// once with a probability of at least `level`, however their counts depend on each other (the
  /// same cells were tested at both), and then the line between the true rates lies between the
  /// joined ends. Below a fault-free point, whose lower end is 0, so is the lower end. This is the
  /// uncertainty of counting only; that cells in between follow the line is taken for granted, and
  /// that cells fail independently: chips whose blocks differ spread more.
  [[nodiscard]] std::optional<Interval> interval(VminRatio v, double level = 0.95) const;

  /// Energy per access relative to Vmin, linear in V^2 between points (dynamic energy is C V^2).
  /// Throws InputError where an extrapolated energy is not above 0.
  [[nodiscard]] double energy_factor(VminRatio v) const;

  /// How well a straight line describes the failing points. Throws InputError when they all have
  /// the same rate.
  [[nodiscard]] LineFit fit(Interpolation scale) const;

  /// Points of rising voltage; rates are shares of cells.
  [[nodiscard]] const std::vector<CurvePoint>& points() const { return points_; }
  [[nodiscard]] VminRatio lowest() const { return points_.front().voltage; }
  [[nodiscard]] VminRatio highest() const { return points_.back().voltage; }
  /// What savings compare with: the highest measured voltage, or Vmin where the curve goes on to
  /// it.
  [[nodiscard]] VminRatio reference() const;
  [[nodiscard]] bool is_measured(VminRatio v) const { return v >= lowest() && v <= highest(); }
  /// Throws InputError when `v` is outside the measured span and the curve may not extrapolate.
  void require_known(VminRatio v) const;

 private:
  [[nodiscard]] std::size_t segment_of(VminRatio v) const;
  [[nodiscard]] Interval counted(const CurvePoint& point, double level) const;

  std::vector<CurvePoint> points_;  // rising voltage
  Interpolation interpolation_;
  CurveOptions options_;
};

}  // namespace brownout::memory
