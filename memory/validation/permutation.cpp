// SPDX-License-Identifier: Apache-2.0
#include "memory/validation/permutation.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "sim/core/error.h"
#include "sim/core/statistics.h"

namespace brownout::memory::validation {
namespace {

/// Statistics of equal divisions differ by rounding.
double slack(double value) { return 1e-9 * std::max(1e-12, std::abs(value)); }

/// Columns with mean 0 and deviation 1 over all units; constant ones become 0.
void standardize(std::vector<std::vector<double>>& units) {
  for (std::size_t column = 0; column < units.front().size(); ++column) {
    std::vector<double> values;
    values.reserve(units.size());
    for (const auto& unit : units) values.push_back(unit[column]);
    const double center = mean(values);
    const double deviation = sample_standard_deviation(values);
    for (auto& unit : units) {
      unit[column] = deviation > 0 ? (unit[column] - center) / deviation : 0;
    }
  }
}

/// A's column sums: as all units add up to 0, these order divisions as differences of means do.
void sum_columns(const std::vector<std::vector<double>>& units,
                 const std::vector<std::size_t>& chosen, std::vector<double>& sums) {
  std::fill(sums.begin(), sums.end(), 0);
  for (const std::size_t unit : chosen) {
    for (std::size_t column = 0; column < sums.size(); ++column)
      sums[column] += units[unit][column];
  }
}

double largest(const std::vector<double>& sums) {
  double result = 0;
  for (const double sum : sums) result = std::max(result, std::abs(sum));
  return result;
}

}  // namespace

Permutations::Permutations(std::size_t units_a, std::size_t units_b, std::size_t resamples,
                           std::uint64_t seed)
    : units_a_(units_a),
      units_(units_a + units_b),
      size_(units_a == 1 ? units_b : resamples),
      seed_(seed) {
  require(units_a > 0 && units_b > 0, "a permutation test has units on both sides");
}

void Permutations::choose(std::size_t index, std::vector<std::size_t>& chosen) const {
  if (units_a_ == 1) {
    chosen.assign(1, index + 1);
    return;
  }
  RandomStream random(seed_, index);
  chosen.resize(units_);
  std::iota(chosen.begin(), chosen.end(), std::size_t{0});
  for (std::size_t i = 0; i < units_a_; ++i) {
    std::swap(chosen[i], chosen[i + random.below(units_ - i)]);
  }
  chosen.resize(units_a_);
}

void Tails::add(double found, double other) {
  all += 1;
  if (other >= found - slack(found)) above += 1;
  if (other <= found + slack(found)) below += 1;
}

double Tails::both() const { return std::min(1.0, 2 * std::min(above, below) / all); }

ColumnsTest test_columns(const std::vector<std::vector<double>>& units,
                         const Permutations& permutations) {
  auto scaled = units;
  standardize(scaled);
  const std::size_t columns = scaled.front().size();
  std::vector<std::size_t> chosen(permutations.units_a());
  std::iota(chosen.begin(), chosen.end(), std::size_t{0});
  std::vector<double> found(columns);
  sum_columns(scaled, chosen, found);
  Tails overall;
  std::vector<Tails> single(columns);
  std::vector<double> sums(columns);
  for (std::size_t i = 0; i < permutations.size(); ++i) {
    permutations.choose(i, chosen);
    sum_columns(scaled, chosen, sums);
    overall.add(largest(found), largest(sums));
    for (std::size_t column = 0; column < columns; ++column) {
      single[column].add(found[column], sums[column]);
    }
  }
  // As a difference of means in standard deviations.
  const auto all = static_cast<double>(permutations.units());
  const auto of_a = static_cast<double>(permutations.units_a());
  ColumnsTest test{largest(found) / of_a * all / (all - of_a), overall.upper(), {}};
  for (const Tails& tails : single) test.column_p_values.push_back(tails.both());
  return test;
}

}  // namespace brownout::memory::validation
