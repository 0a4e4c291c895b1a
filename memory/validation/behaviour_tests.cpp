// SPDX-License-Identifier: Apache-2.0
#include "memory/validation/behaviour_tests.h"

#include <boost/math/distributions/binomial.hpp>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "memory/validation/probit_fit.h"
#include "memory/validation/random_stream.h"
#include "sim/core/error.h"

namespace brownout::memory::validation {
namespace {

using Binomial = boost::math::binomial_distribution<double>;

/// Failures of cells that failed at least once of `reads`, each read with probability `p`.
class TruncatedBinomial {
 public:
  TruncatedBinomial(std::uint32_t reads, double p) {
    const Binomial distribution(reads, std::clamp(p, 1e-12, 1.0));
    double sum = 0;
    for (std::uint32_t k = 1; k <= reads; ++k) {
      sum += boost::math::pdf(distribution, k);
      cumulative_.push_back(sum);
    }
  }

  [[nodiscard]] double draw(RandomStream& random) const {
    const double at = random.uniform() * cumulative_.back();
    const auto found = std::lower_bound(cumulative_.begin(), cumulative_.end(), at);
    return static_cast<double>(found - cumulative_.begin()) + 1;
  }

 private:
  std::vector<double> cumulative_;
};

/// The p whose truncated mean is `mean`: reads p / (1 - (1-p)^reads) grows with p.
double truncated_p(double mean, double reads) {
  double low = 0;
  double high = 1;
  for (int i = 0; i < 60; ++i) {
    const double p = (low + high) / 2;
    const double expected = reads * p / -std::expm1(reads * std::log1p(-p));
    (expected < mean ? low : high) = p;
  }
  return (low + high) / 2;
}

double sum_of_squares(const std::vector<double>& values) {
  double sum = 0;
  double squares = 0;
  for (const double value : values) {
    sum += value;
    squares += value * value;
  }
  return squares - sum * sum / static_cast<double>(values.size());
}

}  // namespace

double binomial_p_value(double successes, double trials, double p) {
  const Binomial distribution(trials, p);
  const double here = boost::math::pdf(distribution, successes) * (1 + 1e-7);
  double mode = std::min(trials, std::floor((trials + 1) * p));
  if (boost::math::pdf(distribution, mode) <= here) return 1;
  // Likelihood falls on both sides of the mode: the other tail begins at the first count no
  // likelier than the one found.
  const double step = successes < mode ? 1 : -1;
  double outside = successes < mode ? trials + 1 : -1;
  while (std::abs(outside - mode) > 1) {
    const double middle = mode + step * std::floor(std::abs(outside - mode) / 2);
    (boost::math::pdf(distribution, middle) > here ? mode : outside) = middle;
  }
  const double low = std::min(successes, outside);
  const double high = std::max(successes, outside);
  const double below = low < 0 ? 0 : boost::math::cdf(distribution, low);
  const double above =
      high > trials ? 0 : boost::math::cdf(boost::math::complement(distribution, high - 1));
  return std::min(1.0, below + above);
}

TestResult test_direction(const MapLevel& level) {
  TestResult result;
  result.name = "direction";
  result.question = "do as many failing cells read 1 as read 0?";
  result.effect_name = "share reading 1";
  result.reference = 0.5;
  result.method = "exact binomial test";
  double known = 0;
  for (const MapFault& fault : level.faults) {
    if (fault.reads != ReadsAs::kUnknown) known += 1;
    if (fault.reads == ReadsAs::kOne) result.statistic += 1;
  }
  if (known == 0) {
    result.note = "no directions recorded";
    return result;
  }
  result.tested = true;
  result.effect = result.statistic / known;
  result.p_value = binomial_p_value(result.statistic, known, 0.5);
  return result;
}

TestResult test_inclusion(const FaultMap& map) {
  TestResult result;
  result.name = "inclusion";
  result.question = "do cells that fail go on failing at lower voltage?";
  result.effect_name = "share still failing";
  result.reference = 1;
  result.method = "no exception is possible under the null";
  const auto cell_less = [](const MapFault& a, const MapFault& b) { return a.cell < b.cell; };
  double before = 0;
  for (std::size_t i = 1; i < map.levels().size(); ++i) {
    const auto& above = map.levels()[i - 1].faults;
    const auto& here = map.levels()[i].faults;
    std::vector<MapFault> healed;
    std::set_difference(above.begin(), above.end(), here.begin(), here.end(),
                        std::back_inserter(healed), cell_less);
    before += static_cast<double>(above.size());
    result.statistic += static_cast<double>(healed.size());
  }
  if (before == 0) {
    result.note = "no cell fails above the lowest voltage";
    return result;
  }
  result.tested = true;
  result.effect = 1 - result.statistic / before;
  result.p_value = result.statistic > 0 ? 0 : 1;
  return result;
}

TestResult test_curve(const FaultMap& map, const ResamplingOptions& options) {
  TestResult result;
  result.name = "curve";
  result.question = "do the shares of failing cells lie on a probit line?";
  result.effect_name = "largest residual, probit units";
  result.method = "parametric bootstrap, exact for independent cells";
  const FirstFailures failures = first_failures(map);
  const auto totals = failures.totals();
  const auto begun = std::count_if(totals.begin(), totals.end(), [](double n) { return n > 0; });
  if (begun < 2 || totals.size() < 3) {
    result.note = "fewer than three voltages, or than two at which cells begin to fail";
    return result;
  }
  const ProbitFit fit = fit_probit(failures);
  result.tested = true;
  result.statistic = fit.deviance;
  for (const double residual : probit_residuals(failures, fit)) {
    if (std::abs(residual) > std::abs(result.effect)) result.effect = residual;
  }
  result.p_value = probit_fit_p_value(failures, fit, options.resamples, options.seed);
  return result;
}

TestResult test_reads(const MapLevel& level, const ResamplingOptions& options) {
  TestResult result;
  result.name = "reads";
  result.question = "do all failing cells fail a read equally often?";
  result.effect_name = "variance of failures / one common probability";
  result.reference = 1;
  result.method = "parametric bootstrap";
  if (level.reads < 2 || level.faults.size() < 2) {
    result.note = "no repeated reads recorded, or fewer than two failing cells";
    return result;
  }
  std::vector<double> failures;
  double sum = 0;
  for (const MapFault& fault : level.faults) {
    failures.push_back(fault.failures);
    sum += fault.failures;
  }
  result.tested = true;
  result.statistic = sum_of_squares(failures);
  const double p = truncated_p(sum / static_cast<double>(failures.size()), level.reads);
  const TruncatedBinomial model(level.reads, p);
  double as_wide = 1;
  double mean_width = 0;
  for (std::size_t i = 0; i < options.resamples; ++i) {
    RandomStream random(options.seed, i);
    for (double& value : failures) value = model.draw(random);
    const double width = sum_of_squares(failures);
    mean_width += width / static_cast<double>(options.resamples);
    if (width >= result.statistic - 1e-9) as_wide += 1;
  }
  result.effect = mean_width > 0 ? result.statistic / mean_width : 1;
  result.p_value = as_wide / static_cast<double>(options.resamples + 1);
  return result;
}

}  // namespace brownout::memory::validation
