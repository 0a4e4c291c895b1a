// SPDX-License-Identifier: Apache-2.0
// Every test that `validate` reports sees what it is there for, alone and in comparisons; and the
// test of reads keeps its false-alarm rate where cells are read repeatedly.
#include <gtest/gtest.h>

#include <boost/math/distributions/binomial.hpp>
#include <functional>
#include <string>
#include <vector>

#include "memory/validation/comparison.h"
#include "memory/validation/structure_tests.h"
#include "tests/memory/validation/altered_map.h"
#include "tests/memory/validation/simulated_map.h"

namespace brownout::memory::validation {
namespace {

constexpr int kMaps = 20;
constexpr int kNearlyAll = 19;
constexpr std::size_t kLevel = 3;

ThreadPool& pool() {
  static ThreadPool workers;
  return workers;
}

Simulation plain() {
  Simulation s;
  s.geometry = {48, 64, 16};
  s.mu = 0.43;
  return s;
}

Simulation repeated() {
  Simulation s = plain();
  s.reads = 10;
  s.a = 4;
  s.b = 2;
  return s;
}

/// A property the test of this name is about, and whether it is one of a single map, of
/// comparisons, or of both.
struct Case {
  std::string test;
  Simulation null;
  std::function<FaultMap(const FaultMap& map, std::uint64_t seed)> altered;
  bool alone = true;
  bool compared = true;
};

std::vector<Case> cases() {
  const auto other = [](const Simulation& s) {
    return [s](const FaultMap& /*map*/, std::uint64_t seed) { return simulate(s, seed + 500); };
  };
  Simulation unequal = plain();
  unequal.block_k = 0.3;
  Simulation spaced = plain();
  spaced.block_k = 1;
  spaced.voltages = {0.62, 0.60, 0.58, 0.54};
  Simulation columns = plain();
  columns.own_column = 0.8;
  Simulation ones = plain();
  ones.share_of_ones = 0.7;
  Simulation spread = repeated();
  spread.a = 0.4;
  spread.b = 0.2;
  Simulation reliable = repeated();
  reliable.a = 8;
  reliable.b = 1;
  return {
      {"blocks", plain(), other(unequal)},
      {"columns", plain(), other(columns)},
      {"words", plain(),
       [](const FaultMap& m, std::uint64_t s) { return with_weak_words(m, 0.5, s); }},
      {"word distance", plain(),
       [](const FaultMap& m, std::uint64_t s) { return with_neighbours(m, false, s); }},
      {"bit distance", plain(),
       [](const FaultMap& m, std::uint64_t s) { return with_neighbours(m, true, s); }},
      {"bit positions", plain(),
       [](const FaultMap& m, std::uint64_t s) { return with_weak_bit(m, 0.2, s); }},
      {"direction", plain(), other(ones)},
      {"inclusion", plain(),
       [](const FaultMap& m, std::uint64_t s) { return with_healed_cells(m, 0.2, s); }},
      {"curve", plain(), [](const FaultMap& m, std::uint64_t /*s*/) { return with_bent_curve(m); },
       true, false},
      {"probit residuals", plain(),
       [](const FaultMap& m, std::uint64_t /*s*/) { return with_bent_curve(m); }, false, true},
      {"block correlation", spaced,
       [](const FaultMap& m, std::uint64_t s) { return with_changing_blocks(m, s); }, false, true},
      {"reads", repeated(), other(spread), true, false},
      {"fail probability", repeated(), other(reliable), false, true},
      {"always failing", repeated(), other(spread), false, true}};
}

bool is_rejected(const std::vector<TestResult>& results, const std::string& name) {
  for (const TestResult& result : results) {
    if (result.name == name) return result.verdict == Verdict::kRejected;
  }
  ADD_FAILURE() << "no test " << name;
  return false;
}

Sample model_of(const Simulation& s) {
  Sample sample = sample_map("model", simulate(s, 5000), kLevel);
  sample.is_model = true;
  for (std::uint64_t i = 1; i < 599; ++i) {
    sample.chips.push_back(total(block_profiles(simulate(s, 5000 + i), kLevel)));
  }
  return sample;
}

TEST(Power, EveryTestOfOneMapSeesItsProperty) {
  for (const Case& c : cases()) {
    if (!c.alone) continue;
    int rejected = 0;
    for (std::uint64_t seed = 1; seed <= kMaps; ++seed) {
      const FaultMap map = c.altered(simulate(c.null, seed), seed);
      rejected += is_rejected(test_structure(map, kLevel, {499, seed, 0.05}, pool()), c.test);
    }
    EXPECT_GE(rejected, kNearlyAll) << c.test;
  }
}

TEST(Power, EveryTestOfMapAgainstModelSeesItsProperty) {
  for (const Case& c : cases()) {
    if (!c.compared) continue;
    const Sample model = model_of(c.null);
    int rejected = 0;
    for (std::uint64_t seed = 1; seed <= kMaps; ++seed) {
      const Sample map = sample_map("map", c.altered(simulate(c.null, seed), seed), kLevel);
      rejected += is_rejected(compare(map, model, {}, pool()).results, c.test);
    }
    EXPECT_GE(rejected, kNearlyAll) << c.test;
  }
}

TEST(Power, ReadsOfEquallyReliableCellsRaiseFalseAlarmsAsRarelyAsStated) {
  constexpr int kTrials = 1000;
  Simulation s;
  s.geometry = {4, 64, 16};
  s.mu = 0.44;
  s.reads = 10;
  int rejected = 0;
  int tested = 0;
  for (std::uint64_t seed = 1; seed <= kTrials; ++seed) {
    // One probability for all cells, by drawing each cell's failures anew.
    const FaultMap drawn = simulate(s, seed);
    std::vector<MapLevel> levels = {drawn.levels().back()};
    std::mt19937_64 random(seed);
    std::binomial_distribution<std::uint32_t> failures(s.reads, 0.6);
    for (MapFault& fault : levels[0].faults) {
      do fault.failures = failures(random);
      while (fault.failures == 0);
    }
    const FaultMap map("reads", s.geometry, false, levels);
    for (const TestResult& result : test_structure(map, 0, {99, seed, 0.05}, pool())) {
      if (result.name != "reads" || !result.tested) continue;
      ++tested;
      rejected += result.p_value <= 0.05 ? 1 : 0;
    }
  }
  EXPECT_GT(tested, kTrials / 2);
  const boost::math::binomial_distribution<double> count(tested, 0.05);
  EXPECT_LE(rejected, boost::math::quantile(count, 0.9995));
  EXPECT_GE(rejected, boost::math::quantile(count, 0.0005));
}

}  // namespace
}  // namespace brownout::memory::validation
