// SPDX-License-Identifier: Apache-2.0
#include "memory/voltage_curve.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "sim/core/error.h"

namespace brownout::memory {
namespace {

void check_points(const std::vector<CurvePoint>& points) {
  std::size_t failing = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const CurvePoint& p = points[i];
    if (p.bit_error_rate < 0 || p.bit_error_rate >= 1 || p.energy <= 0 || p.voltage.count() <= 0) {
      throw InputError(
          fmt::format("voltage curve at {} Vmin: BER {} and energy {}, allowed are BER in [0, 1), "
                      "energy and voltage above 0",
                      p.voltage.count(), p.bit_error_rate, p.energy));
    }
    if (p.bit_error_rate > 0) ++failing;
    if (i == 0) continue;
    const CurvePoint& below = points[i - 1];
    if (below.voltage == p.voltage || below.bit_error_rate < p.bit_error_rate ||
        below.energy > p.energy) {
      throw InputError(fmt::format(
          "voltage curve between {} and {} Vmin: BER must fall and energy rise with voltage",
          below.voltage.count(), p.voltage.count()));
    }
  }
  if (failing < 2) {
    throw InputError(fmt::format(
        "voltage curve has {} points with a BER above 0, interpolation needs 2", failing));
  }
}

/// Published rates become rates of cells.
void convert(std::vector<CurvePoint>& points, double faults_per_cell) {
  require(faults_per_cell > 0, "a failing cell causes some of the published faults");
  for (CurvePoint& point : points) {
    const double published = point.bit_error_rate;
    point.bit_error_rate = published / faults_per_cell;
    if (point.bit_error_rate < 1) continue;
    throw InputError(fmt::format(
        "voltage curve at {} Vmin: found a share of {} flipped bits, allowed: below {}, what all "
        "cells give when a failing one flips its bit with that probability",
        point.voltage.count(), published, faults_per_cell));
  }
}

double square(VminRatio v) { return v.count() * v.count(); }

/// Weight of the upper of two numbers at `v` between (or outside) them.
double position(double v, double low, double high) { return (v - low) / (high - low); }

}  // namespace

VoltageCurve::VoltageCurve(std::vector<CurvePoint> points, Interpolation interpolation,
                           CurveOptions options)
    : points_(std::move(points)), interpolation_(interpolation), options_(options) {
  std::sort(points_.begin(), points_.end(),
            [](const CurvePoint& a, const CurvePoint& b) { return a.voltage < b.voltage; });
  check_points(points_);
  convert(points_, options_.faults_per_cell);
}

VminRatio VoltageCurve::reference() const {
  return options_.extrapolate ? std::max(highest(), VminRatio(1)) : highest();
}

void VoltageCurve::require_known(VminRatio v) const {
  if (is_measured(v) || (options_.extrapolate && std::isfinite(v.count()))) return;
  throw InputError(
      fmt::format("voltage {} Vmin, the curve is measured from {} to {} Vmin; 'extrapolate: true' "
                  "in it goes on beyond",
                  v.count(), lowest().count(), highest().count()));
}

std::size_t VoltageCurve::segment_of(VminRatio v) const {
  require_known(v);
  std::size_t i = 0;
  while (i + 2 < points_.size() && v >= points_[i + 1].voltage) ++i;
  return i;
}

double VoltageCurve::bit_error_rate(VminRatio v) const {
  std::size_t i = segment_of(v);
  for (const CurvePoint& p : points_) {  // exact at the points themselves
    if (p.voltage == v) return p.bit_error_rate;
  }
  const bool above = v > highest();
  if (points_[above ? i + 1 : i].bit_error_rate == 0) return 0;
  if (points_[i + 1].bit_error_rate == 0) --i;  // go on with the last failing segment's slope
  const CurvePoint& low = points_[i];
  const CurvePoint& high = points_[i + 1];
  const double at = position(v.count(), low.voltage.count(), high.voltage.count());
  const double from = on_scale(interpolation_, low.bit_error_rate);
  const double to = on_scale(interpolation_, high.bit_error_rate);
  const double rate = from_scale(interpolation_, from + at * (to - from));
  if (rate < 1) return rate;
  throw InputError(
      fmt::format("voltage {} Vmin: extrapolated from {} Vmin on, all cells fail there", v.count(),
                  lowest().count()));
}

Interval VoltageCurve::counted(const CurvePoint& point, double level) const {
  const Interval faults = clopper_pearson(point.counts->faults, point.counts->bits, level);
  return {std::min(1.0, faults.lower / options_.faults_per_cell),
          std::min(1.0, faults.upper / options_.faults_per_cell)};
}

std::optional<Interval> VoltageCurve::interval(VminRatio v, double level) const {
  if (!is_measured(v)) return {};
  const std::size_t i = segment_of(v);
  for (const CurvePoint& p : points_) {
    if (p.voltage == v) return p.counts ? std::optional(counted(p, level)) : std::nullopt;
  }
  const CurvePoint& low = points_[i];
  const CurvePoint& high = points_[i + 1];
  if (!low.counts || !high.counts) return {};
  const double each = 1 - (1 - level) / 2;
  const Interval from = counted(low, each);
  const Interval to = counted(high, each);
  const double at = position(v.count(), low.voltage.count(), high.voltage.count());
  const auto join = [&](double a, double b) {
    // A sum of products: one end may be infinite on the scale.
    return from_scale(interpolation_,
                      (1 - at) * on_scale(interpolation_, a) + at * on_scale(interpolation_, b));
  };
  const double rate = bit_error_rate(v);
  // Below a fault-free point the rate goes on with the slope before it, perhaps past the ends.
  return Interval{std::min(rate, join(from.lower, to.lower)),
                  std::max(rate, join(from.upper, to.upper))};
}

double VoltageCurve::energy_factor(VminRatio v) const {
  const std::size_t i = segment_of(v);
  const CurvePoint& low = points_[i];
  const CurvePoint& high = points_[i + 1];
  const double at = position(square(v), square(low.voltage), square(high.voltage));
  const double energy = low.energy + at * (high.energy - low.energy);
  if (energy > 0) return energy;
  throw InputError(
      fmt::format("voltage {} Vmin: the energy of an access, extrapolated from {} "
                  "Vmin on, would be {} of that at Vmin",
                  v.count(), lowest().count(), energy));
}

LineFit VoltageCurve::fit(Interpolation scale) const {
  std::vector<std::pair<VminRatio, double>> rates;
  for (const CurvePoint& point : points_) rates.emplace_back(point.voltage, point.bit_error_rate);
  return fit_line(rates, scale);
}

}  // namespace brownout::memory
