// SPDX-License-Identifier: Apache-2.0
#include "memory/validation/model_fit.h"

#include <algorithm>
#include <cmath>

#include "memory/validation/behaviour_tests.h"
#include "memory/validation/recut.h"
#include "memory/validation/structure_tests.h"
#include "sim/core/error.h"
#include "sim/core/statistics.h"

namespace brownout::memory::validation {
namespace {

constexpr double kFewFailing = 0.01;
constexpr double kPoorLine = 0.05;

double share_failing(const FaultMap& map, std::size_t level) {
  return static_cast<double>(map.levels()[level].faults.size()) /
         static_cast<double>(map.geometry().cells());
}

/// Rates that never fall with falling voltage, by averaging neighbours that do.
std::vector<double> pooled_rates(const FaultMap& map, bool& is_pooled) {
  struct Pool {
    double sum = 0;
    double levels = 0;
  };
  std::vector<Pool> pools;
  for (std::size_t i = 0; i < map.levels().size(); ++i) {
    pools.push_back({share_failing(map, i), 1});
    while (pools.size() > 1) {
      const Pool last = pools.back();
      Pool& before = pools[pools.size() - 2];
      if (before.sum / before.levels <= last.sum / last.levels) break;
      before = {before.sum + last.sum, before.levels + last.levels};
      pools.pop_back();
      is_pooled = true;
    }
  }
  std::vector<double> rates;
  for (const Pool& pool : pools) {
    rates.insert(rates.end(), static_cast<std::size_t>(pool.levels), pool.sum / pool.levels);
  }
  return rates;
}

/// The lowest fault-free voltage above all that fail, or where half a failing cell is expected.
void find_vmin(const FaultMap& map, const FitOptions& options, ModelFit& fit) {
  if (map.relative_to_vmin()) return;
  if (options.vmin) {
    fit.vmin = *options.vmin;
    return;
  }
  for (const MapLevel& level : map.levels()) {
    if (!level.faults.empty()) break;
    fit.vmin = level.voltage;
    fit.vmin_is_measured = true;
  }
  if (fit.vmin_is_measured) return;
  const double half = probit(0.5 / static_cast<double>(map.geometry().cells()));
  const double expected = fit.line.mu.value - fit.line.sigma.value * half;
  const double step = map.levels().size() > 1 ? map.levels()[0].voltage - map.levels()[1].voltage
                                              : 0.01 * map.levels()[0].voltage;
  fit.vmin = std::max(std::ceil(expected * 1000) / 1000, map.levels()[0].voltage + step);
}

void make_curve(const FaultMap& map, const FitOptions& options, ModelFit& fit) {
  const FirstFailures failures = first_failures(map);
  fit.line = fit_probit(failures, options.confidence);
  fit.line_p = probit_fit_p_value(failures, fit.line, options.resamples, options.seed);
  fit.is_line = options.curve == CurveForm::kLine ||
                (options.curve == CurveForm::kBest && fit.line_p > kPoorLine);
  find_vmin(map, options, fit);
  const std::vector<double> rates = pooled_rates(map, fit.is_pooled);
  const auto begun = std::find_if(rates.begin(), rates.end(), [](double r) { return r > 0; });
  for (std::size_t i = 0; i < rates.size(); ++i) {
    const double voltage = map.levels()[i].voltage;
    const bool has_begun = i >= static_cast<std::size_t>(begun - rates.begin());
    const double rate = fit.is_line && has_begun ? fit.line.rate(voltage) : rates[i];
    fit.points.push_back({voltage, std::min(rate / fit.seen(), 1 - 1e-6)});
  }
  if (fit.points.front().rate > 0 && fit.vmin > fit.points.front().voltage) {
    fit.points.insert(fit.points.begin(), {fit.vmin, 0});
  }
}

std::optional<FailFit> reliability_of(const MapLevel& level, double confidence) {
  if (level.reads < 2) return {};
  std::vector<double> counts(level.reads + std::size_t{1});
  for (const MapFault& fault : level.faults) counts[fault.failures] += 1;
  if (counts.back() == static_cast<double>(level.faults.size())) return {};
  return fit_failures(counts, level.reads, confidence);
}

std::optional<SpatialFit> structure_of(const FaultMap& map, std::size_t level, double confidence) {
  const std::size_t faults = map.levels()[level].faults.size();
  const auto step = static_cast<std::uint32_t>(
      std::min<std::size_t>(1 + faults / (kMostResampled + 1), map.geometry().blocks));
  const FaultMap sample = every_block(map.select({level}), step);
  try {
    return fit_spatial(sample, 0, confidence);
  } catch (const InputError&) {
    return {};  // no pairs: nothing is known of structure
  }
}

}  // namespace

std::size_t fit_level(const FaultMap& map) {
  std::size_t best = map.levels().size() - 1;
  for (std::size_t i = map.levels().size(); i-- > 0;) {
    if (map.levels()[i].faults.empty()) break;
    best = i;
    if (share_failing(map, i) <= kFewFailing) break;
  }
  return best;
}

ModelFit fit_model(const FaultMap& map, const FitOptions& options) {
  ModelFit fit;
  fit.level = options.level.value_or(fit_level(map));
  const MapLevel& level = map.levels().at(fit.level);
  if (level.faults.empty()) {
    throw InputError(map.name() +
                     ": found no failing cell at the voltage of the fit, allowed: one "
                     "or more");
  }
  fit.failures = reliability_of(level, options.confidence);
  make_curve(map, options, fit);
  fit.spatial = structure_of(map, fit.level, options.confidence);
  double ones = 0;
  for (const MapFault& fault : level.faults) {
    fit.known += fault.reads != ReadsAs::kUnknown ? 1 : 0;
    ones += fault.reads == ReadsAs::kOne ? 1 : 0;
  }
  if (fit.known > 0) {
    fit.share_of_ones =
        Estimate{ones / fit.known,
                 clopper_pearson(static_cast<std::uint64_t>(ones),
                                 static_cast<std::uint64_t>(fit.known), options.confidence)};
  }
  return fit;
}

}  // namespace brownout::memory::validation
