// SPDX-License-Identifier: Apache-2.0
// The tests are tested: how often they cry wolf, and what they see.
#include "memory/validation/structure_tests.h"

#include <gtest/gtest.h>

#include <boost/math/distributions/binomial.hpp>
#include <map>
#include <string>

#include "memory/validation/behaviour_tests.h"
#include "tests/memory/validation/simulated_map.h"

namespace brownout::memory::validation {
namespace {

constexpr int kChips = 1000;

double binomial_quantile(double p, double probability) {
  return boost::math::quantile(boost::math::binomial_distribution<double>(kChips, p), probability);
}

/// Rejections at 5 % of each test by itself over kChips maps, and of any after Holm ("family").
std::map<std::string, int> rejections(const Simulation& simulation, std::size_t resamples) {
  ThreadPool pool;
  std::map<std::string, int> counts;
  for (int chip = 0; chip < kChips; ++chip) {
    const auto seed = static_cast<std::uint64_t>(chip) + 1000;
    const FaultMap map = simulate(simulation, seed);
    const auto results =
        test_structure(map, map.levels().size() - 1, {resamples, seed, 0.05}, pool);
    for (const TestResult& result : results) {
      counts[result.name] += result.tested && result.p_value <= 0.05 ? 1 : 0;
    }
    counts["family"] += any_rejected(results) ? 1 : 0;
  }
  for (const auto& [name, count] : counts) {
    testing::Test::RecordProperty(name, count);
    std::printf("  %s: %d of %d rejected at 5 %%\n", name.c_str(), count, kChips);
  }
  return counts;
}

TEST(StructureTests, FalseAlarmsOverAThousandChipsAreFivePercent) {
  // About 330 faults a chip, 20 a block: every statistic takes many values, so ties hide nothing.
  Simulation null;
  null.reads = 20;
  const auto counts = rejections(null, 199);
  const double low = binomial_quantile(0.05, 0.0005);
  const double high = binomial_quantile(0.05, 0.9995);
  for (const char* name : {"blocks", "columns", "words", "bit positions", "curve"}) {
    EXPECT_GE(counts.at(name), low) << name;
    EXPECT_LE(counts.at(name), high) << name;
  }
  // Counts of few values: never above the level, by design below it.
  for (const char* name : {"word distance", "bit distance", "direction", "reads"}) {
    EXPECT_LE(counts.at(name), high) << name;
  }
  EXPECT_LE(counts.at("family"), high);
}

TEST(StructureTests, FalseAlarmsStayRareWhereCountsAreTooLowForChiSquareTables) {
  Simulation null;
  null.mu = 0.345;  // about 13 faults a chip: less than one a block
  const auto counts = rejections(null, 199);
  for (const auto& [name, count] : counts) {
    EXPECT_LE(count, binomial_quantile(0.05, 0.9995)) << name;
  }
}

/// Share of `maps` in which `name` is rejected at 5 % after Holm.
double power(const Simulation& simulation, const char* name, int maps) {
  ThreadPool pool;
  int rejected = 0;
  for (int i = 0; i < maps; ++i) {
    const auto seed = static_cast<std::uint64_t>(i) + 1;
    const FaultMap map = simulate(simulation, seed);
    for (const TestResult& result :
         test_structure(map, map.levels().size() - 1, {499, seed, 0.05}, pool)) {
      rejected += result.name == name && result.verdict == Verdict::kRejected ? 1 : 0;
    }
  }
  std::printf("  power of %s: %.3f\n", name, rejected / static_cast<double>(maps));
  return rejected / static_cast<double>(maps);
}

/// The board of shared facts: 87 % of same-block pairs in one of eight columns (0.93 squared and
/// the rest uniform give 0.87), blocks with k = 0.08.
Simulation board(double mu) {
  Simulation s;
  s.geometry = {64, 256, 8};
  s.mu = mu;
  s.block_k = 0.08;
  s.own_column = 0.93;
  return s;
}

TEST(StructureTests, ColumnClusteringOfTheMeasuredBoardIsSeen) {
  // 64 of its 890 blocks with about 320, 130 and 50 faults in all.
  EXPECT_GE(power(board(0.40), "columns", 60), 0.95);
  EXPECT_GE(power(board(0.38), "columns", 60), 0.95);
  EXPECT_GE(power(board(0.36), "columns", 60), 0.90);
  EXPECT_GE(power(board(0.40), "blocks", 60), 0.95);
}

TEST(StructureTests, UnequalBlocksDoNotMakeColumnsLookClustered) {
  Simulation s = board(0.38);
  s.own_column = 0;
  EXPECT_LE(power(s, "columns", 100), 0.05);
}

TEST(StructureTests, UnequalReliabilityOfFailingCellsIsSeen) {
  Simulation s;
  s.reads = 20;
  s.a = 1.2;
  s.b = 0.6;
  EXPECT_EQ(power(s, "reads", 20), 1.0);
}

TEST(StructureTests, ResultsDoNotDependOnThreads) {
  const FaultMap map = simulate(board(0.38), 5);
  ThreadPool one(1);
  ThreadPool four(4);
  const auto a = test_structure(map, 3, {99, 1, 0.05}, one);
  const auto b = test_structure(map, 3, {99, 1, 0.05}, four);
  ASSERT_EQ(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_EQ(a[i].p_value, b[i].p_value) << a[i].name;
}

TEST(BinomialPValue, IsTheSumOfAllCountsNoLikelier) {
  for (const double p : {0.5, 0.3, 0.05}) {
    for (int n = 1; n <= 30; ++n) {
      const boost::math::binomial_distribution<double> d(n, p);
      for (int k = 0; k <= n; ++k) {
        double sum = 0;
        for (int j = 0; j <= n; ++j) {
          const double other = boost::math::pdf(d, j);
          if (other <= boost::math::pdf(d, k) * (1 + 1e-7)) sum += other;
        }
        ASSERT_NEAR(binomial_p_value(k, n, p), std::min(1.0, sum), 1e-9)
            << k << " of " << n << " at " << p;
      }
    }
  }
}

}  // namespace
}  // namespace brownout::memory::validation
