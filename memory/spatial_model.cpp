// SPDX-License-Identifier: Apache-2.0
#include "memory/spatial_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <utility>

#include "memory/cell_counters.h"
#include "sim/core/error.h"
#include "sim/core/philox.h"

namespace brownout::memory {
namespace {

// The table of rate() over ln h. Cubic interpolation between steps of 1/4 errs by 1e-5 at most.
constexpr double kFirst = -25;
constexpr double kLast = 60;
constexpr double kStep = 0.25;

/// A point of a quadrature over a gamma-distributed weight.
struct Node {
  double weight = 1;
  double probability = 1;
};

/// Trapezoid rule in the logarithm of the weight, whose error falls exponentially; nodes so light
/// that weight x h adds nothing are left out.
std::vector<Node> gamma_nodes(double k, double h) {
  if (k == 0) return {{1, 1}};
  constexpr double kNodeStep = 0.5;
  constexpr double kNegligible = -40;
  std::vector<Node> nodes;
  const double norm = std::lgamma(k);
  const double first = kNegligible - std::max(0.0, std::log(h / k));
  const double last = std::log(k + 50 * std::sqrt(k) + 60);
  for (int i = 0; first + i * kNodeStep < last; ++i) {
    const double y = first + i * kNodeStep;
    const double density = k * y - std::exp(y) - norm;
    nodes.push_back({std::exp(y) / k, kNodeStep * std::exp(density)});
  }
  return nodes;
}

/// Weight of which a share `p` of the gamma distribution lies below.
double gamma_weight(double k, double p) {
  // The distribution's start, x^k / Gamma(k + 1), serves where its next term is negligible.
  const double start = std::exp((std::log(p) + std::lgamma(k + 1)) / k);
  // In plain doubles: extended ones, the default, cost three times as much.
  using Plain = boost::math::policies::policy<boost::math::policies::promote_double<false>>;
  return (start < 1e-9 ? start : boost::math::gamma_p_inv(k, p, Plain())) / k;
}

double drawn(double k, std::uint64_t chip, const std::array<std::uint32_t, 4>& counter) {
  const auto draw = philox(chip, counter);
  const double p = std::ldexp(draw[0], -32) + std::ldexp(draw[1] + 0.5, -64);
  return gamma_weight(k, std::min(p, 1 - 0x1p-53));
}

void check_shape(const char* name, double k) {
  if (k != 0 && !(k >= 0.005 && k <= 1000)) {
    throw InputError(fmt::format("found {} for {}, allowed: 0 (none) or 0.005 to 1000", k, name));
  }
}

}  // namespace

SpatialModel::SpatialModel(const SpatialConfig& config) : config_(config) {
  check_shape("macros", config.macros);
  check_shape("columns", config.columns);
  check_shape("rows", config.rows);
  if (config.empty()) return;
  for (int i = 0; kFirst + i * kStep <= kLast; ++i) {
    log_rates_.push_back(std::log(mean_rate(std::exp(kFirst + i * kStep))));
  }
}

double SpatialModel::mean_rate(double h) const {
  // The mean over the macros' weights is known in closed form.
  const auto over_macros = [&](double x) {
    return config_.macros == 0 ? -std::expm1(-x)
                               : -std::expm1(-config_.macros * std::log1p(x / config_.macros));
  };
  const std::vector<Node> rows = gamma_nodes(config_.rows, h);
  double mean = 0;
  for (const Node& column : gamma_nodes(config_.columns, h)) {
    for (const Node& row : rows) {
      mean += column.probability * row.probability * over_macros(column.weight * row.weight * h);
    }
  }
  return std::min(mean, 1 - 0x1p-53);
}

double SpatialModel::rate(double h) const {
  if (empty()) return -std::expm1(-h);
  const double at = (std::log(h) - kFirst) / kStep;
  if (!(at > 1)) return std::exp(log_rates_.front()) * h * std::exp(-kFirst);  // in proportion
  const auto last = static_cast<double>(log_rates_.size() - 3);
  const auto i = static_cast<std::size_t>(std::min(at, last));
  const double t = std::min(at - static_cast<double>(i), 1.0);
  const double a = log_rates_[i - 1];
  const double b = log_rates_[i];
  const double c = log_rates_[i + 1];
  const double d = log_rates_[i + 2];
  // Cubic through b and c with the slopes of their neighbours.
  const double cubic =
      b + t / 2 * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
  return std::exp(cubic);
}

double SpatialModel::hazard(double rate) const {
  if (rate <= 0) return 0;
  if (empty()) return -std::log1p(-rate);
  double low = -700;
  double high = kLast - 2 * kStep;
  if (this->rate(std::exp(high)) < rate) {
    throw InputError(
        fmt::format("a bit-error rate of {} is out of reach of faults.spatial, whose strong "
                    "columns fail too rarely; allowed: up to {}",
                    rate, this->rate(std::exp(high))));
  }
  constexpr int kHalvings = 70;
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = (low + high) / 2;
    (this->rate(std::exp(middle)) < rate ? low : high) = middle;
  }
  return std::exp(high);
}

MacroWeights SpatialModel::weights(std::uint64_t chip, std::uint32_t group, std::uint32_t macro,
                                   const MacroGeometry& geometry) const {
  MacroWeights weights;
  if (config_.macros > 0) {
    weights.macro =
        drawn(config_.macros, chip, {counter_word(group, CellNumber::kMacroWeight), macro, 0, 0});
  }
  const std::uint32_t columns = geometry.word_bits + geometry.check_bits;
  weights.columns.assign(columns, 1);
  for (std::uint32_t bit = 0; config_.columns > 0 && bit < columns; ++bit) {
    weights.columns[bit] = drawn(config_.columns, chip,
                                 {counter_word(group, CellNumber::kColumnWeight), macro, 0, bit});
  }
  for (std::uint32_t row = 0; config_.rows > 0 && row < geometry.rows; ++row) {
    weights.rows.push_back(
        drawn(config_.rows, chip, {counter_word(group, CellNumber::kRowWeight), macro, row, 0}));
  }
  return weights;
}

}  // namespace brownout::memory
