// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/summary.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/sweep/results_fixture.h"

namespace brownout::sweep {
namespace {

std::vector<PointResult> all_points() {
  std::vector<PointResult> points;
  for (const Point& point : plan_points(small_sweep(), VminRatio(1))) {
    points.push_back(result_of(point));
  }
  return points;
}

TEST(Summary, AveragesOverChips) {
  const Summary summary = summarize(all_points());
  ASSERT_EQ(summary.voltages.size(), 3U);
  const VoltageSummary& lowest = summary.voltages[2];
  EXPECT_EQ(lowest.any.point.voltage, VminRatio(0.8));
  // Points 3 and 6 of 100 images: 79 and 58 correct.
  EXPECT_EQ(lowest.accuracies, (std::vector<double>{0.79, 0.58}));
  EXPECT_DOUBLE_EQ(lowest.mean, 0.685);
  EXPECT_NEAR(lowest.deviation, 0.21 / std::sqrt(2.0), 1e-12);
  EXPECT_EQ(lowest.lowest, 0.58);
  EXPECT_EQ(lowest.highest, 0.79);
}

TEST(Summary, SavingsAreAgainstTheReference) {
  const Summary summary = summarize(all_points());
  const std::vector<Saving>& savings = summary.voltages[2].savings;
  ASSERT_EQ(savings.size(), 3U);
  EXPECT_STREQ(savings[0].of, "weight SRAM");
  EXPECT_NEAR(savings[0].share, 1 - 0.64, 1e-12);
  EXPECT_STREQ(savings[1].of, "all SRAM");
  EXPECT_NEAR(savings[1].share, 300.1 * 0.36 / (300.1 + 2 * 100.7), 1e-12);
  EXPECT_STREQ(savings[2].of, "total");
  EXPECT_NEAR(savings[2].share, 300.1 * 0.36 / (300.1 + 6 * 100.7), 1e-12);
  EXPECT_EQ(summary.voltages[0].savings[2].share, 0);
  EXPECT_EQ(main_saving(summary), 0U);
}

TEST(Summary, WhatDoesNotChangeIsNotTheMainSaving) {
  std::vector<PointResult> points = all_points();
  for (PointResult& point : points) {
    point.energies[0].second = points[0].energies[0].second;
    point.energies[1].second = Picojoules(100 * point.point.voltage.count());
    point.bit_error_rates = {point.bit_error_rates[memory::GroupId::kFilter], 0.2, 0.0};
  }
  EXPECT_EQ(main_saving(summarize(points)), 1U);
  EXPECT_EQ(main_group(summarize(points)), memory::GroupId::kIfmap);
  EXPECT_EQ(main_group(summarize(all_points())), memory::GroupId::kFilter);
}

TEST(Summary, WithoutReferenceThereAreNoSavings) {
  std::vector<PointResult> points = all_points();
  points.erase(points.begin());
  const Summary summary = summarize(points);
  EXPECT_FALSE(summary.nominal.has_value());
  EXPECT_TRUE(summary.voltages[1].savings.empty());
}

TEST(Summary, UnfinishedSweepsAndSingleChipsAreFine) {
  const std::vector<PointResult> points = all_points();
  EXPECT_EQ(summary_table(summarize({points[0]})), "");
  const Summary one = summarize({points[0], points[2]});
  ASSERT_EQ(one.voltages.size(), 1U);
  EXPECT_EQ(one.voltages[0].deviation, 0);
}

TEST(Summary, TableReadsWell) {
  const std::string expected =
      "        ------- weights --------  --- accuracy, % ---  "
      "----------------------------- energy per image, pJ ------------------------------  "
      "--------- saved, % ---------\n"
      "V/Vmin  faulty cells  wrong bits   mean    std    min  "
      "weight SRAM  input SRAM  output SRAM    array   vector     DRAM  leakage    total  "
      "weight SRAM  all SRAM  total\n" +
      std::string(166, '-') +
      "\n"
      "1.0000             0           0  82.50  14.85  72.00  "
      "    300.100     100.700      100.700  100.700  100.700  100.700  100.700  904.300  "
      "        0.0       0.0    0.0\n"
      "0.9000      3.33e-02    1.43e-02  75.50  14.85  65.00  "
      "    243.081     100.700      100.700  100.700  100.700  100.700  100.700  847.281  "
      "       19.0      11.4    6.3\n"
      "0.8000      6.67e-02    2.86e-02  68.50  14.85  58.00  "
      "    192.064     100.700      100.700  100.700  100.700  100.700  100.700  796.264  "
      "       36.0      21.5   11.9\n";
  EXPECT_EQ(summary_table(summarize(all_points())), expected);
}

TEST(Summary, TableTellsWhatBecameOfCodeWordsWhereThereIsACode) {
  std::vector<PointResult> points = all_points();
  for (PointResult& point : points) {
    if (point.point.role == Role::kSweep) point.weight_words = memory::CodeOutcomes{1000, 20, 3, 1};
  }
  const std::string table = summary_table(summarize(points));
  EXPECT_NE(table.find("weight words, %"), std::string::npos) << table;
  EXPECT_NE(table.find("put right  detected  silently wrong\n"), std::string::npos) << table;
  EXPECT_NE(table.find("      2.000     0.300           0.100\n"), std::string::npos) << table;
}

TEST(Summary, WrongBitsAreAveragedOverChips) {
  std::vector<PointResult> points = all_points();
  points[3].flipped_weight_bits = 0.01;
  points[6].flipped_weight_bits = 0.04;
  EXPECT_DOUBLE_EQ(summarize(points).voltages[2].flipped_weight_bits, 0.025);
}

TEST(Summary, MarksWhatWasExtrapolated) {
  std::vector<PointResult> points = all_points();
  EXPECT_EQ(extrapolation_note(summarize(points)), "");
  for (const std::size_t index : {3U, 6U}) {
    points[index].extrapolated = {false, true, true};
  }
  const std::string table = summary_table(summarize(points));
  EXPECT_NE(table.find("\n 0.9000 "), std::string::npos) << table;
  EXPECT_NE(table.find("\n0.8000* "), std::string::npos) << table;
  EXPECT_EQ(
      table.substr(table.rfind('\n', table.size() - 2) + 1),
      "* outside the voltages the memory was measured at (weights and outputs): failing cells "
      "and energy are extrapolated, not measured\n");
}

TEST(Summary, NamesTheBuffersThatFail) {
  std::vector<PointResult> points = all_points();
  EXPECT_EQ(faulty_groups(summarize(points)),
            std::vector<memory::GroupId>{memory::GroupId::kFilter});
  points[1].bit_error_rates[memory::GroupId::kOfmap] = 0.1;
  EXPECT_EQ(faulty_groups(summarize(points)),
            (std::vector<memory::GroupId>{memory::GroupId::kFilter, memory::GroupId::kOfmap}));
}

}  // namespace
}  // namespace brownout::sweep
