// SPDX-License-Identifier: Apache-2.0
#include "memory/validation/probit_fit.h"

#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/students_t.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <numeric>

#include "memory/validation/random_stream.h"
#include "sim/core/error.h"

namespace brownout::memory::validation {
namespace {

constexpr std::size_t kFewestBlocks = 8;
constexpr int kMostSteps = 100;
constexpr double kTiny = 1e-300;

/// z(V) = a - b (V - center): the centre keeps a and b apart.
struct Line {
  double a = 0;
  double b = 1;
  double center = 0;

  [[nodiscard]] double z(double v) const { return a - b * (v - center); }
};

double density(double z) { return std::exp(-z * z / 2) / std::sqrt(2 * M_PI); }

/// Probability of each category (first failure at voltage i; last: none) and its gradient.
struct Category {
  double p = 0;
  std::array<double, 2> gradient{};
};

std::vector<Category> categories(const std::vector<double>& voltages, const Line& line) {
  std::vector<Category> result;
  double above = 0;
  std::array<double, 2> slope_above{};
  for (const double v : voltages) {
    const double z = line.z(v);
    const std::array<double, 2> slope = {density(z), -density(z) * (v - line.center)};
    const double here = normal_cdf(z);
    result.push_back(
        {std::max(here - above, kTiny), {slope[0] - slope_above[0], slope[1] - slope_above[1]}});
    above = here;
    slope_above = slope;
  }
  result.push_back(
      {std::max(normal_cdf(-line.z(voltages.back())), kTiny), {-slope_above[0], -slope_above[1]}});
  return result;
}

/// Counts with the healthy cells as last category.
std::vector<double> with_rest(std::vector<double> counts, double cells) {
  counts.push_back(cells - std::accumulate(counts.begin(), counts.end(), 0.0));
  return counts;
}

double log_likelihood(const std::vector<double>& counts, const std::vector<Category>& model) {
  double sum = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] > 0) sum += counts[i] * std::log(model[i].p);
  }
  return sum;
}

/// Symmetric 2 x 2: xx, xy, yy.
using Matrix = std::array<double, 3>;

Matrix inverse(const Matrix& m) {
  const double determinant = m[0] * m[2] - m[1] * m[1];
  require(determinant > 0, "two voltages with failing cells determine the curve");
  return {m[2] / determinant, -m[1] / determinant, m[0] / determinant};
}

std::array<double, 2> score(const std::vector<double>& counts, const std::vector<Category>& model) {
  std::array<double, 2> sum{};
  for (std::size_t i = 0; i < counts.size(); ++i) {
    for (std::size_t k = 0; k < 2; ++k) sum[k] += counts[i] / model[i].p * model[i].gradient[k];
  }
  return sum;
}

Matrix information(double cells, const std::vector<Category>& model) {
  Matrix sum{};
  for (const Category& c : model) {
    if (c.p <= kTiny) continue;
    sum[0] += cells / c.p * c.gradient[0] * c.gradient[0];
    sum[1] += cells / c.p * c.gradient[0] * c.gradient[1];
    sum[2] += cells / c.p * c.gradient[1] * c.gradient[1];
  }
  return sum;
}

/// A line through the first and the last failing voltage, to begin with.
Line first_guess(const std::vector<double>& voltages, const std::vector<double>& counts,
                 double cells) {
  std::vector<std::array<double, 2>> points;
  double failing = 0;
  for (std::size_t i = 0; i < voltages.size(); ++i) {
    failing += counts[i];
    if (counts[i] > 0)
      points.push_back({voltages[i], probit(std::min(failing, cells - 0.5) / cells)});
  }
  if (points.size() < 2) {
    throw InputError(
        "found cells that begin to fail at fewer than two voltages, allowed: two or more, the "
        "curve has a place and a width");
  }
  const auto& high = points.front();
  const auto& low = points.back();
  const double b = (low[1] - high[1]) / (high[0] - low[0]);
  return {low[1], b, low[0]};
}

/// Fisher scoring with halved steps; the likelihood is concave in a and b.
Line maximize(const std::vector<double>& voltages, const std::vector<double>& counts, Line line) {
  const double cells = std::accumulate(counts.begin(), counts.end(), 0.0);
  auto model = categories(voltages, line);
  double likelihood = log_likelihood(counts, model);
  for (int step = 0; step < kMostSteps; ++step) {
    const Matrix covariance = inverse(information(cells, model));
    const auto slope = score(counts, model);
    const std::array<double, 2> move = {covariance[0] * slope[0] + covariance[1] * slope[1],
                                        covariance[1] * slope[0] + covariance[2] * slope[1]};
    const double gain = move[0] * slope[0] + move[1] * slope[1];
    if (gain < 1e-10) break;
    for (int halvings = 0; halvings < 20; ++halvings) {
      const double scale = std::ldexp(1.0, -halvings);
      const Line next{line.a + scale * move[0], line.b + scale * move[1], line.center};
      if (next.b <= 0) continue;
      auto next_model = categories(voltages, next);
      const double next_likelihood = log_likelihood(counts, next_model);
      if (next_likelihood <= likelihood) continue;
      line = next;
      model = std::move(next_model);
      likelihood = next_likelihood;
      break;
    }
  }
  return line;
}

/// Sandwich over blocks: I^-1 (sum of block scores squared) I^-1, with the factor B/(B-1).
Matrix block_covariance(const FirstFailures& failures, const std::vector<Category>& model,
                        const Matrix& bread) {
  Matrix meat{};
  for (const auto& block : failures.blocks) {
    const auto s = score(with_rest(block, failures.block_cells), model);
    meat[0] += s[0] * s[0];
    meat[1] += s[0] * s[1];
    meat[2] += s[1] * s[1];
  }
  const auto count = static_cast<double>(failures.blocks.size());
  const double scale = count / (count - 1);
  const std::array<double, 2> left = {bread[0] * meat[0] + bread[1] * meat[1],
                                      bread[0] * meat[1] + bread[1] * meat[2]};
  const std::array<double, 2> right = {bread[1] * meat[0] + bread[2] * meat[1],
                                       bread[1] * meat[1] + bread[2] * meat[2]};
  return {scale * (left[0] * bread[0] + left[1] * bread[1]),
          scale * (left[0] * bread[1] + left[1] * bread[2]),
          scale * (right[0] * bread[1] + right[1] * bread[2])};
}

double deviance_of(const std::vector<double>& counts, const std::vector<Category>& model) {
  const double cells = std::accumulate(counts.begin(), counts.end(), 0.0);
  double sum = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] > 0) sum += 2 * counts[i] * std::log(counts[i] / cells / model[i].p);
  }
  return std::max(sum, 0.0);
}

/// Binomial(trials, p) by inversion of one uniform number.
double draw_binomial(double trials, double p, RandomStream& random) {
  if (trials < 1 || p <= 0) return 0;
  if (p >= 1) return trials;
  const boost::math::binomial_distribution<double> distribution(trials, p);
  return std::floor(std::min(trials, boost::math::quantile(distribution, random.uniform())));
}

}  // namespace

std::vector<double> FirstFailures::totals() const {
  std::vector<double> sums(voltages.size());
  for (const auto& block : blocks) {
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += block[i];
  }
  return sums;
}

FirstFailures first_failures(const FaultMap& map) {
  FirstFailures result;
  result.block_cells = static_cast<double>(map.geometry().block_cells());
  result.blocks.assign(map.geometry().blocks, std::vector<double>(map.levels().size()));
  std::vector<std::uint32_t> seen;
  for (std::size_t level = 0; level < map.levels().size(); ++level) {
    result.voltages.push_back(map.levels()[level].voltage);
    std::vector<std::uint32_t> here;
    for (const MapFault& fault : map.levels()[level].faults) here.push_back(fault.cell);
    std::vector<std::uint32_t> fresh;
    std::set_difference(here.begin(), here.end(), seen.begin(), seen.end(),
                        std::back_inserter(fresh));
    for (const std::uint32_t cell : fresh) {
      result.blocks[map.geometry().place(cell).block][level] += 1;
    }
    std::vector<std::uint32_t> all;
    std::merge(seen.begin(), seen.end(), fresh.begin(), fresh.end(), std::back_inserter(all));
    seen = std::move(all);
  }
  return result;
}

double ProbitFit::rate(double voltage) const {
  return normal_cdf((mu.value - voltage) / sigma.value);
}

ProbitFit fit_probit(const FirstFailures& failures, double level) {
  const std::vector<double> totals = failures.totals();
  const std::vector<double> counts = with_rest(totals, failures.cells());
  const Line line =
      maximize(failures.voltages, counts, first_guess(failures.voltages, totals, failures.cells()));
  const auto model = categories(failures.voltages, line);
  Matrix covariance = inverse(information(failures.cells(), model));
  ProbitFit fit;
  fit.by_blocks = failures.blocks.size() >= kFewestBlocks;
  double factor = -probit((1 - level) / 2);
  if (fit.by_blocks) {
    covariance = block_covariance(failures, model, covariance);
    const boost::math::students_t_distribution<double> t(
        static_cast<double>(failures.blocks.size() - 1));
    factor = -boost::math::quantile(t, (1 - level) / 2);
  }
  // Delta method: mu = center + a / b, log sigma = -log b.
  const std::array<double, 2> slope = {1 / line.b, -line.a / (line.b * line.b)};
  const double mu_error =
      std::sqrt(slope[0] * slope[0] * covariance[0] + 2 * slope[0] * slope[1] * covariance[1] +
                slope[1] * slope[1] * covariance[2]);
  const double log_sigma_error = std::sqrt(covariance[2]) / line.b;
  const double mu = line.center + line.a / line.b;
  const double sigma = 1 / line.b;
  fit.mu = {mu, {mu - factor * mu_error, mu + factor * mu_error}};
  fit.sigma = {
      sigma,
      {sigma * std::exp(-factor * log_sigma_error), sigma * std::exp(factor * log_sigma_error)}};
  fit.deviance = deviance_of(counts, model);
  return fit;
}

double probit_fit_p_value(const FirstFailures& failures, const ProbitFit& fit,
                          std::size_t resamples, std::uint64_t seed) {
  const Line line{0, 1 / fit.sigma.value, fit.mu.value};
  const auto model = categories(failures.voltages, line);
  double as_bad = 0;
  double drawn = 0;
  for (std::size_t i = 0; i < resamples; ++i) {
    RandomStream random(seed, i);
    std::vector<double> counts(model.size());
    double cells = failures.cells();
    double left = 1;
    std::size_t failing = 0;
    for (std::size_t c = 0; c + 1 < model.size(); ++c) {
      counts[c] = draw_binomial(cells, std::min(1.0, model[c].p / left), random);
      cells -= counts[c];
      left -= model[c].p;
      if (counts[c] > 0) ++failing;
    }
    counts.back() = cells;
    if (failing < 2) continue;  // conditional on a curve that can be fitted
    const Line refit = maximize(failures.voltages, counts, line);
    drawn += 1;
    if (deviance_of(counts, categories(failures.voltages, refit)) >= fit.deviance) as_bad += 1;
  }
  return (1 + as_bad) / (1 + drawn);
}

std::vector<double> probit_residuals(const FirstFailures& failures, const ProbitFit& fit) {
  std::vector<double> residuals;
  double failing = 0;
  const std::vector<double> totals = failures.totals();
  for (std::size_t i = 0; i < totals.size(); ++i) {
    failing += totals[i];
    const double z = (fit.mu.value - failures.voltages[i]) / fit.sigma.value;
    const bool defined = failing > 0 && failing < failures.cells();
    residuals.push_back(defined ? probit(failing / failures.cells()) - z : 0);
  }
  return residuals;
}

}  // namespace brownout::memory::validation
