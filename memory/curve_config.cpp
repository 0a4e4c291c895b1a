// SPDX-License-Identifier: Apache-2.0
#include "memory/curve_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "sim/core/error.h"

namespace brownout::memory {
namespace {

using config::Section;

/// What a published bit-error rate is a share of.
enum class RateMeans { kFaultyCells, kFlippedBits };

constexpr config::Limits kCounts{0, 9e15};  // integers a double holds exactly

/// A valid curve to read on with once the real one was found wrong.
VoltageCurve usable_curve() {
  return {{{VminRatio(0.5), 0.1, 0.25}, {VminRatio(0.75), 0.01, 0.5}, {VminRatio(1), 0, 1}},
          Interpolation::kProbit};
}

std::optional<FaultCounts> read_counts(Section& point) {
  if (!point.has("faults") && !point.has("bits")) return {};
  FaultCounts counts;
  counts.faults = static_cast<std::uint64_t>(point.integer("faults", "faults seen", kCounts));
  counts.bits =
      static_cast<std::uint64_t>(point.integer("bits", "bits tested", {1, kCounts.highest}));
  if (counts.faults > counts.bits) {
    point.fail("faults", fmt::format("found {}, allowed: at most the {} bits tested", counts.faults,
                                     counts.bits));
    return {};
  }
  return counts;
}

/// The published rate, rounded as it may be; without one that of the counts.
double read_rate(Section& point, const std::optional<FaultCounts>& counts) {
  constexpr double kRounding = 1e-3;
  if (!counts) {
    if (point.has("faults") || point.has("bits")) return 0;  // found wrong already
    return point.number("ber", "bit-error rate; not needed beside 'faults' and 'bits'", {0, 1});
  }
  const auto faults = static_cast<double>(counts->faults);
  const auto bits = static_cast<double>(counts->bits);
  if (!point.has("ber")) return faults / bits;
  const double rate = point.number("ber", "bit-error rate", {0, 1});
  if (std::abs(rate * bits - faults) > std::max(0.5, kRounding * faults)) {
    point.fail("ber", fmt::format("found {}, allowed: {} faults of {} bits, which are {:.6e}", rate,
                                  counts->faults, counts->bits, faults / bits));
  }
  return rate;
}

std::vector<CurvePoint> read_points(Section& section, std::optional<Volts> vmin) {
  std::vector<CurvePoint> points;
  for (Section point : section.sections("points", "measured operating points")) {
    const config::SupplyVoltage v = point.voltage("voltage", "supply voltage");
    if (!v.relative_to_vmin && !vmin) {
      point.fail("voltage", "is in volts, which needs the memory's 'vmin'");
      continue;
    }
    const auto counts = read_counts(point);
    const double rate = read_rate(point, counts);
    points.push_back({VminRatio(v.relative_to_vmin ? v.value : v.value / vmin->count()), rate,
                      point.number("energy", "energy per access relative to Vmin", {0, 100}),
                      counts});
  }
  return points;
}

}  // namespace

VoltageCurve read_curve(Section section, std::optional<Volts> vmin, const FaultConfig& faults) {
  const auto interpolation = section.choice<Interpolation>(
      "interpolation", "scale in which the bit-error rate is interpolated over voltage",
      {{"probit", Interpolation::kProbit}, {"log", Interpolation::kLog}}, Interpolation::kProbit);
  const auto means = section.choice<RateMeans>(
      "rate_means", "what the published rates are shares of",
      {{"faulty_cells", RateMeans::kFaultyCells}, {"flipped_bits", RateMeans::kFlippedBits}},
      RateMeans::kFaultyCells);
  CurveOptions options;
  options.extrapolate = section.flag(
      "extrapolate", "go on beyond the measured voltages; results say where", options.extrapolate);
  if (means == RateMeans::kFlippedBits) options.faults_per_cell = faults.wrong_bits_per_cell();
  std::vector<CurvePoint> points = read_points(section, vmin);
  if (options.faults_per_cell == 0) {
    section.fail("rate_means",
                 "found flipped_bits, allowed: faulty_cells, because by 'faults' no "
                 "cell of the curve flips a bit");
    return usable_curve();
  }
  try {
    return {std::move(points), interpolation, options};
  } catch (const InputError& error) {
    section.fail("points", error.what());
    return usable_curve();
  }
}

}  // namespace brownout::memory
