// SPDX-License-Identifier: Apache-2.0
#include "models/quantizer/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace brownout::models {
namespace {

/// Squared error of coding `values` in `levels` steps over `range`, value by value.
double coding_error(const std::vector<float>& values, const Range& range, int levels) {
  const double step = (range.highest - range.lowest) / levels;
  double sum = 0;
  for (const float value : values) {
    const auto real = static_cast<double>(value);
    const double inside = std::clamp(real, range.lowest, range.highest);
    const double read = range.lowest + step * std::round((inside - range.lowest) / step);
    sum += (real - read) * (real - read);
  }
  return sum;
}

TEST(Histogram, CutsOutliersOffWhereThatPays) {
  std::mt19937 rng(1);
  std::normal_distribution<float> normal(0.0F, 1.0F);
  std::vector<float> values(20000);
  for (float& value : values) value = normal(rng);
  values.push_back(200.0F);
  Histogram histogram;
  histogram.add(values);
  const Range best = histogram.least_error(15);
  EXPECT_LT(best.highest, 150.0);
  const Range all{*std::min_element(values.begin(), values.end()), 200.0};
  EXPECT_LT(coding_error(values, best, 15), coding_error(values, all, 15));
}

TEST(Histogram, KeepsTheWholeRangeOfEvenValues) {
  std::vector<float> values;
  for (int i = -1000; i <= 3000; ++i) values.push_back(static_cast<float>(i) / 1000.0F);
  Histogram histogram;
  histogram.add(values);
  const Range best = histogram.least_error(255);
  EXPECT_NEAR(best.lowest, -1.0, 0.02);
  EXPECT_NEAR(best.highest, 3.0, 0.05);
}

TEST(Histogram, OfZerosAloneIsEmpty) {
  Histogram histogram;
  histogram.add({0.0F, 0.0F});
  EXPECT_EQ(histogram.least_error(255).lowest, 0.0);
  EXPECT_EQ(histogram.least_error(255).highest, 0.0);
}

}  // namespace
}  // namespace brownout::models
