// SPDX-License-Identifier: Apache-2.0
// Comparisons are tested: alike samples pass as often as stated, unlike ones do not.
#include "memory/validation/comparison.h"

#include <gtest/gtest.h>

#include <boost/math/distributions/binomial.hpp>
#include <cstdio>
#include <map>
#include <string>

#include "sim/core/error.h"
#include "tests/memory/validation/simulated_map.h"

namespace brownout::memory::validation {
namespace {

double highest_count(int trials, double p) {
  return boost::math::quantile(boost::math::binomial_distribution<double>(trials, p), 0.9995);
}

constexpr std::size_t kLevel = 3;

ThreadPool& pool() {
  static ThreadPool workers;
  return workers;
}

Sample map_sample(const Simulation& s, std::uint64_t seed) {
  return sample_map("map", simulate(s, seed), kLevel);
}

/// Chips of a model; `s` plays the model.
Sample model_sample(const Simulation& s, std::size_t chips, std::uint64_t seed) {
  Sample sample = map_sample(s, seed);
  sample.is_model = true;
  for (std::size_t i = 1; i < chips; ++i) {
    sample.chips.push_back(total(block_profiles(simulate(s, seed + i), kLevel)));
  }
  return sample;
}

/// Everything at once: unequal blocks, weak columns, unreliable cells.
Simulation structured() {
  Simulation s;
  s.geometry = {32, 64, 16};
  s.mu = 0.42;
  s.block_k = 0.5;
  s.own_column = 0.6;
  s.share_of_ones = 0.7;
  s.reads = 10;
  s.a = 1.2;
  s.b = 0.6;
  return s;
}

void expect_rare(const std::map<std::string, int>& counts, int trials) {
  for (const auto& [name, count] : counts) {
    EXPECT_LE(count, highest_count(trials, 0.05)) << name;
    std::printf("  %s: %d of %d rejected at 5 %%\n", name.c_str(), count, trials);
  }
}

void count(const Comparison& comparison, std::map<std::string, int>& counts) {
  for (const TestResult& result : comparison.results) {
    counts[result.name] += result.tested && result.p_value <= 0.05 ? 1 : 0;
  }
  counts["family"] += any_rejected(comparison.results) ? 1 : 0;
}

TEST(Comparison, MapAgainstItsModelRaisesFalseAlarmsAsRarelyAsStated) {
  constexpr int kTrials = 1000;
  const Simulation s = structured();
  const Sample all = model_sample(s, 1199, 1);
  std::map<std::string, int> counts;
  // Of one pool of interchangeable chips each is A once, against 199 others.
  for (int i = 0; i < kTrials; ++i) {
    const auto at = static_cast<std::size_t>(i);
    Sample a = all;
    a.is_model = false;
    a.chips = {all.chips[at]};
    Sample b = all;
    b.chips.clear();
    for (std::size_t j = 0; j < 199; ++j) {
      b.chips.push_back(all.chips[(at + 1 + j) % all.chips.size()]);
    }
    count(compare(a, b, {199, 1, 0.05}, pool()), counts);
  }
  expect_rare(counts, kTrials);
  EXPECT_GE(counts.at("bit-error rate"), 20);
  EXPECT_GE(counts.at("columns"), 20);
}

TEST(Comparison, MapAgainstMapRaisesFalseAlarmsAsRarelyAsStated) {
  constexpr int kTrials = 1000;
  std::map<std::string, int> counts;
  for (int i = 0; i < kTrials; ++i) {
    const auto seed = static_cast<std::uint64_t>(i);
    count(compare(map_sample(structured(), 2 * seed + 1), map_sample(structured(), 2 * seed + 2),
                  {99, seed, 0.05}, pool()),
          counts);
  }
  expect_rare(counts, kTrials);
}

TEST(Comparison, ModelAgainstItselfRaisesFalseAlarmsAsRarelyAsStated) {
  std::map<std::string, int> counts;
  for (int i = 0; i < 200; ++i) {
    const auto seed = static_cast<std::uint64_t>(i) * 1000;
    count(compare(model_sample(structured(), 8, seed), model_sample(structured(), 12, seed + 500),
                  {199, seed, 0.05}, pool()),
          counts);
  }
  expect_rare(counts, 200);
}

/// Rejections of `name` in 20 maps of `a` against 499 chips of `b`.
int rejections(const Simulation& a, const Simulation& b, const char* name) {
  const Sample model = model_sample(b, 499, 5000);
  int rejected = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    for (const TestResult& result : compare(map_sample(a, seed), model, {}, pool()).results) {
      rejected += result.name == name && result.verdict == Verdict::kRejected ? 1 : 0;
    }
  }
  return rejected;
}

TEST(Comparison, SeesWhatDiffers) {
  Simulation plain;
  plain.geometry = {64, 128, 8};
  plain.mu = 0.42;
  Simulation other = plain;
  other.mu = 0.44;
  EXPECT_GE(rejections(other, plain, "bit-error rate"), 19);
  other = plain;
  other.own_column = 0.93;
  EXPECT_GE(rejections(other, plain, "columns"), 19);
  other = plain;
  other.block_k = 0.08;
  EXPECT_GE(rejections(other, plain, "blocks"), 19);
  other = plain;
  other.share_of_ones = 0.7;
  EXPECT_GE(rejections(other, plain, "direction"), 19);
  other = plain;
  other.sigma = 0.03;  // same faults at the lowest voltage, fewer above
  other.mu = plain.mu + 0.025 * (0.54 - plain.mu) / 0.055;
  EXPECT_GE(rejections(other, plain, "bit-error rate"), 19);
}

TEST(Comparison, WeakColumnsAreSeenBetweenMapsToo) {
  Simulation plain;
  plain.geometry = {64, 128, 8};
  plain.mu = 0.42;
  Simulation other = plain;
  other.own_column = 0.93;
  const Comparison c = compare(map_sample(plain, 1), map_sample(other, 2), {}, pool());
  EXPECT_TRUE(c.by_blocks);
  EXPECT_EQ(c.results[3].name, "columns");
  EXPECT_EQ(c.results[3].verdict, Verdict::kRejected);
}

TEST(Comparison, OneChipMeasuredTwiceSharesItsCells) {
  Simulation s;
  const Sample map = map_sample(s, 1);
  const Comparison same = compare(map, map, {}, pool());
  EXPECT_EQ(same.overlap.shared, static_cast<double>(map.first.levels()[kLevel].faults.size()));
  const Comparison unlike = compare(map, map_sample(s, 2), {}, pool());
  EXPECT_LT(unlike.overlap.shared, 20);
  EXPECT_NEAR(unlike.overlap.expected, 330.0 * 330 / 65536, 1);
}

TEST(Comparison, NeedsEqualGeometriesAndUnits) {
  Simulation s;
  Simulation other;
  other.geometry.rows = 64;
  EXPECT_THROW(static_cast<void>(compare(map_sample(s, 1), map_sample(other, 1), {}, pool())),
               InputError);
  s.geometry.blocks = 1;
  EXPECT_THROW(static_cast<void>(compare(map_sample(s, 1), map_sample(s, 2), {}, pool())),
               InputError);
}

TEST(Holm, AdjustsAsItsDefinition) {
  std::vector<TestResult> family(4);
  const std::vector<double> p = {0.01, 0.04, 0.03, 0.005};
  for (std::size_t i = 0; i < 4; ++i) {
    family[i].tested = true;
    family[i].p_value = p[i];
  }
  family.emplace_back();  // not tested: neither counts nor is judged
  judge(family, 0.05);
  EXPECT_DOUBLE_EQ(family[0].adjusted_p, 0.03);
  EXPECT_DOUBLE_EQ(family[1].adjusted_p, 0.06);
  EXPECT_DOUBLE_EQ(family[2].adjusted_p, 0.06);
  EXPECT_DOUBLE_EQ(family[3].adjusted_p, 0.02);
  EXPECT_EQ(family[0].verdict, Verdict::kRejected);
  EXPECT_EQ(family[1].verdict, Verdict::kAccepted);
  EXPECT_EQ(family[4].verdict, Verdict::kNotTested);
}

}  // namespace
}  // namespace brownout::memory::validation
