// SPDX-License-Identifier: Apache-2.0
#include "memory/validation/spatial_likelihood.h"

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <map>
#include <tuple>

namespace brownout::memory::validation {
namespace {

using Tally = std::map<double, double>;

std::vector<std::pair<double, double>> list(const Tally& tally) {
  return {tally.begin(), tally.end()};
}

/// A node of a quadrature over a gamma weight of mean 1.
struct Node {
  double weight = 1;
  double log_probability = 0;
};

/// Trapezoid rule in the logarithm of the weight. What lies below the first node is so light that
/// `mean` times it is no fault; its probability is the first node's.
std::vector<Node> gamma_nodes(double k, double mean) {
  constexpr double kStep = 0.2;
  constexpr double kLightest = 1e-7;
  constexpr double kDeviations = 9;
  const double step = kStep / std::max(1.0, std::sqrt(k));
  const double spread = kDeviations / std::sqrt(k);
  const double first = std::max(std::log(kLightest / mean), k > 1 ? -spread - 1 : -1e300);
  const double last = std::log1p(spread + kDeviations * kDeviations / k);
  const double norm = k * std::log(k) - std::lgamma(k) + std::log(step);
  std::vector<Node> nodes;
  const double below = boost::math::gamma_p(k, k * std::exp(first - step / 2));
  if (below > 0) nodes.push_back({0, std::log(below)});
  for (double y = first; y < last; y += step) {
    nodes.push_back({std::exp(y), norm + k * y - k * std::exp(y)});
  }
  return nodes;
}

double log_sum(const std::vector<double>& terms) {
  const double most = *std::max_element(terms.begin(), terms.end());
  double sum = 0;
  for (const double term : terms) sum += std::exp(term - most);
  return most + std::log(sum);
}

/// Poisson counts whose mean has a gamma weight of shape k, without 1 / n!.
double log_counts(double n, double mean, double k) {
  if (mean == 0) return n == 0 ? 0 : -1e300;
  if (std::isinf(k)) return n * std::log(mean) - mean;
  return std::lgamma(k + n) - std::lgamma(k) - k * std::log1p(mean / k) +
         n * std::log(mean / (k + mean));
}

/// Shape of the gamma distribution with the variance of a product of two.
double product_shape(double a, double b) {
  const double variance = (1 + 1 / a) * (1 + 1 / b) - 1;
  return variance > 0 ? 1 / variance : kNoStructure;
}

}  // namespace

SpatialLikelihood::SpatialLikelihood(const FaultMap& map, std::size_t level)
    : columns_(map.geometry().word_bits), rows_(map.geometry().rows) {
  const auto& faults = map.levels()[level].faults;
  Tally blocks;
  Tally columns;
  Tally rows;
  Tally hazards;
  std::map<std::tuple<double, double, double, double>, double> kinds;
  double faulty = 0;
  for (std::size_t begin = 0; begin < faults.size();) {
    const std::uint32_t block = map.geometry().place(faults[begin].cell).block;
    std::map<std::uint32_t, double> in_column;
    std::map<std::uint32_t, double> in_row;
    std::size_t end = begin;
    for (; end < faults.size(); ++end) {
      const CellPlace place = map.geometry().place(faults[end].cell);
      if (place.block != block) break;
      in_column[place.bit] += 1;
      in_row[place.row] += 1;
    }
    const auto count = static_cast<double>(end - begin);
    double hazard = 0;
    for (const auto& [column, n] : in_column) {
      columns[n] += 1;
      // Half a cell short of all of them, which would be without bound.
      hazard -= rows_ * std::log1p(-std::min(n, rows_ - 0.5) / rows_);
    }
    for (const auto& [row, n] : in_row) rows[n] += 1;
    blocks[count] += 1;
    hazards[hazard] += 1;
    mean_hazard_ += hazard;
    pairs_ += count * (count - 1) / 2;
    faulty += 1;
    for (; begin < end; ++begin) {
      const CellPlace place = map.geometry().place(faults[begin].cell);
      kinds[{count, hazard, in_column[place.bit], in_row[place.row]}] += 1;
    }
  }
  hazards[0] += map.geometry().blocks - faulty;
  mean_hazard_ /= map.geometry().blocks;
  block_counts_ = list(blocks);
  column_counts_ = list(columns);
  row_counts_ = list(rows);
  hazards_ = list(hazards);
  for (const auto& [kind, times] : kinds) {
    const auto& [block, hazard, column, row] = kind;
    kinds_.push_back({block, hazard, column, row, times});
  }
}

double SpatialLikelihood::dirichlet(const Counts& lines, double k, double length) const {
  if (std::isinf(k)) return 0;
  double sum = 0;
  for (const auto& [n, times] : lines) sum += times * (std::lgamma(k + n) - std::lgamma(k));
  for (const auto& [n, times] : block_counts_) {
    sum += times * (std::lgamma(k * length) - std::lgamma(k * length + n) + n * std::log(length));
  }
  return sum;
}

double SpatialLikelihood::saturation(const Shapes& shapes) const {
  const auto share = [](double k, double n, double all, double length) {
    return std::isinf(k) ? 1 / length : (k + n) / (k * length + all);
  };
  double sum = 0;
  for (const CellKind& kind : kinds_) {
    const double x = kind.hazard * share(shapes.columns, kind.column, kind.block, columns_) *
                     share(shapes.rows, kind.row, kind.block, rows_);
    sum += kind.times * std::log(std::expm1(x) / x);
  }
  return sum;
}

double SpatialLikelihood::block_totals(const Shapes& shapes) const {
  const double lines = product_shape(shapes.columns * columns_, shapes.rows * rows_);
  const double broad = std::min(shapes.macros, lines);
  const double narrow = std::max(shapes.macros, lines);
  double sum = 0;
  if (std::isinf(narrow)) {
    for (const auto& [n, times] : hazards_) sum += times * log_counts(n, mean_hazard_, broad);
    return sum;
  }
  // Over the narrower weight; over the broader one it is known.
  const std::vector<Node> nodes = gamma_nodes(narrow, mean_hazard_);
  std::vector<double> terms(nodes.size());
  std::vector<double> log_none;
  std::vector<double> log_ratio;
  for (const Node& node : nodes) {
    const double mean = mean_hazard_ * node.weight;
    log_none.push_back(node.log_probability - broad * std::log1p(mean / broad));
    log_ratio.push_back(mean > 0 ? std::log(mean / (broad + mean)) : -1e300);
  }
  for (const auto& [n, times] : hazards_) {
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      terms[i] = n > 0 ? log_none[i] + n * log_ratio[i] : log_none[i];
    }
    sum += times * (std::lgamma(broad + n) - std::lgamma(broad) + log_sum(terms));
  }
  return sum;
}

double SpatialLikelihood::at(const Shapes& shapes) const {
  return dirichlet(column_counts_, shapes.columns, columns_) +
         dirichlet(row_counts_, shapes.rows, rows_) + saturation(shapes) + block_totals(shapes);
}

}  // namespace brownout::memory::validation
