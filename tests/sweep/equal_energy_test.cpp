// SPDX-License-Identifier: Apache-2.0
// Who is on the Pareto front, and what each variant reaches within a budget.
#include "sim/sweep/equal_energy.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "sim/sweep/variant_text.h"
#include "tests/sweep/variant_points.h"

namespace brownout::sweep {
namespace {

/// Few levels, so that many points are equal in one or both.
std::vector<VariantPoint> random_points(std::mt19937_64& random) {
  std::vector<VariantPoint> points = {reference("v0", 1, 1)};
  const int count = 1 + static_cast<int>(random() % 12);
  for (int i = 0; i < count; ++i) {
    points.push_back(point("v" + std::to_string(random() % 3), 0.9,
                           0.1 * static_cast<double>(random() % 6),
                           static_cast<double>(random() % 6)));
    points.back().buffers = Picojoules(static_cast<double>(random() % 6));
  }
  return points;
}

TEST(EqualEnergy, OnTheFrontAreThoseNoOtherBeats) {
  std::mt19937_64 random(4);
  for (int round = 0; round < 200; ++round) {
    std::vector<VariantPoint> points = random_points(random);
    mark_pareto(points);
    EXPECT_FALSE(points.front().pareto) << "a reference is no point of the sweep";
    int front = 0;
    for (std::size_t i = 1; i < points.size(); ++i) {
      bool beaten = false;
      for (std::size_t j = 1; j < points.size(); ++j) {
        const bool no_worse =
            points[j].mean >= points[i].mean && points[j].energy <= points[i].energy;
        const bool differs =
            points[j].mean != points[i].mean || points[j].energy != points[i].energy;
        beaten = beaten || (no_worse && differs);
      }
      EXPECT_EQ(points[i].pareto, !beaten);
      if (points[i].pareto) ++front;
    }
    EXPECT_GT(front, 0);
  }
}

TEST(EqualEnergy, TheFrontRisesInEnergyAndAccuracy) {
  std::mt19937_64 random(5);
  for (int round = 0; round < 200; ++round) {
    const std::vector<VariantPoint> points = random_points(random);
    const auto front = pareto_front(points, &VariantPoint::buffers);
    ASSERT_FALSE(front.empty());
    for (std::size_t i = 1; i < front.size(); ++i) {
      EXPECT_LE(front[i - 1]->buffers, front[i]->buffers);
      EXPECT_LE(front[i - 1]->mean, front[i]->mean);
    }
  }
}

TEST(EqualEnergy, BudgetsAreMeasuredEnergiesAndLeaveNothingOut) {
  std::mt19937_64 random(6);
  for (int round = 0; round < 200; ++round) {
    const std::vector<VariantPoint> points = random_points(random);
    const std::size_t most = 1 + random() % 7;
    const auto budgets = energy_budgets(points, &VariantPoint::energy, most);
    ASSERT_FALSE(budgets.empty());
    EXPECT_LE(budgets.size(), most);
    Picojoules largest;
    std::set<Picojoules> measured;
    for (std::size_t i = 1; i < points.size(); ++i) {
      measured.insert(points[i].energy);
      largest = std::max(largest, points[i].energy);
    }
    EXPECT_EQ(budgets.size(), std::min(most, measured.size()));
    EXPECT_EQ(budgets.back(), largest);
    EXPECT_TRUE(std::is_sorted(budgets.begin(), budgets.end(), std::less<>()));
    for (const Picojoules budget : budgets) EXPECT_EQ(measured.count(budget), 1U);
  }
}

TEST(EqualEnergy, NobodyWithinTheBudgetIsBetterThanTheBest) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 200; ++round) {
    const std::vector<VariantPoint> points = random_points(random);
    const Picojoules budget(static_cast<double>(random() % 6));
    for (const VariantCurve& curve : curves_of(points)) {
      const VariantPoint* best = best_within(curve, budget, &VariantPoint::energy);
      for (const VariantPoint* p : curve.points) {
        if (p->energy > budget) continue;
        ASSERT_NE(best, nullptr);
        EXPECT_GE(best->mean, p->mean);
      }
      if (best != nullptr) {
        EXPECT_LE(best->energy, budget);
        EXPECT_EQ(best->variant, curve.name);
      }
    }
  }
}

TEST(EqualEnergy, RowsSayWhoIsBestAndWhoNeedsMore) {
  const std::vector<VariantPoint> points = {
      reference("none", 0.9, 100), point("none", 0.9, 0.8, 80), point("none", 0.8, 0.5, 70),
      reference("code", 0.9, 120), point("code", 0.8, 0.89, 95)};
  const auto budgets = energy_budgets(points, &VariantPoint::energy, 7);
  EXPECT_EQ(budgets, (std::vector<Picojoules>{Picojoules(70), Picojoules(80), Picojoules(95)}));
  const auto rows = equal_energy_rows(points, budgets, &VariantPoint::energy);
  EXPECT_EQ(rows, (std::vector<std::vector<std::string>>{{"none", "50.00*", "80.00*", "80.00"},
                                                         {"code", "-", "-", "89.00*"}}));
  const std::string text = variants_text(points);
  EXPECT_NE(text.find("89.00*"), std::string::npos) << text;
  EXPECT_EQ(variants_text({}), "");
}

}  // namespace
}  // namespace brownout::sweep
