// SPDX-License-Identifier: Apache-2.0
#include "memory/voltage_curve.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "sim/core/error.h"
#include "sim/core/statistics.h"

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

}  // namespace

VoltageCurve::VoltageCurve(std::vector<CurvePoint> points, Interpolation interpolation)
    : points_(std::move(points)), interpolation_(interpolation) {
  std::sort(points_.begin(), points_.end(),
            [](const CurvePoint& a, const CurvePoint& b) { return a.voltage < b.voltage; });
  check_points(points_);
}

std::size_t VoltageCurve::segment_of(VminRatio v) const {
  if (!(v >= lowest() && v <= highest())) {
    throw InputError(fmt::format("voltage {} Vmin, the curve is measured from {} to {} Vmin",
                                 v.count(), lowest().count(), highest().count()));
  }
  std::size_t i = 0;
  while (i + 2 < points_.size() && v >= points_[i + 1].voltage) ++i;
  return i;
}

double VoltageCurve::transform(double rate) const {
  return interpolation_ == Interpolation::kProbit ? probit(rate) : std::log(rate);
}

double VoltageCurve::inverse_transform(double value) const {
  return interpolation_ == Interpolation::kProbit ? normal_cdf(value) : std::exp(value);
}

double VoltageCurve::bit_error_rate(VminRatio v) const {
  std::size_t i = segment_of(v);
  for (const CurvePoint& p : points_) {  // exact at the points themselves
    if (p.voltage == v) return p.bit_error_rate;
  }
  if (points_[i].bit_error_rate == 0) return 0;
  if (points_[i + 1].bit_error_rate == 0) --i;  // go on with the last failing segment's slope
  const CurvePoint& low = points_[i];
  const CurvePoint& high = points_[i + 1];
  const double position = (v - low.voltage) / (high.voltage - low.voltage);
  const double from = transform(low.bit_error_rate);
  return inverse_transform(from + position * (transform(high.bit_error_rate) - from));
}

double VoltageCurve::energy_factor(VminRatio v) const {
  const std::size_t i = segment_of(v);
  const auto square = [](VminRatio x) { return x.count() * x.count(); };
  const CurvePoint& low = points_[i];
  const CurvePoint& high = points_[i + 1];
  const double position =
      (square(v) - square(low.voltage)) / (square(high.voltage) - square(low.voltage));
  return low.energy + position * (high.energy - low.energy);
}

}  // namespace brownout::memory
