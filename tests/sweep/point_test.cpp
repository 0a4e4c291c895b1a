// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/point.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/sweep/results_fixture.h"

namespace brownout::sweep {
namespace {

CsvFile file_of(std::vector<std::string> fields) {
  return {"points.csv", point_columns(), {{2, std::move(fields)}}};
}

PointResult reparsed(const PointResult& result) {
  const CsvFile file = file_of(point_fields(result));
  return parse_point(file, file.rows.front());
}

TEST(Point, PlanStartsWithTheReferenceAndGoesChipByChip) {
  const std::vector<Point> plan = plan_points(small_sweep(), VminRatio(1.1));
  ASSERT_EQ(plan.size(), 7U);
  EXPECT_EQ(plan[0], (Point{0, Role::kNominal, VminRatio(1.1), ChipId(5), 400}));
  EXPECT_EQ(plan[1], (Point{1, Role::kSweep, VminRatio(1), ChipId(5), 100}));
  EXPECT_EQ(plan[3], (Point{3, Role::kSweep, VminRatio(0.8), ChipId(5), 100}));
  EXPECT_EQ(plan[4], (Point{4, Role::kSweep, VminRatio(1), ChipId(6), 100}));
}

TEST(Point, RowsComeBack) {
  for (const Point& point : plan_points(small_sweep(), VminRatio(1))) {
    PointResult result = result_of(point);
    if (point.index % 2 == 1) result.volts = Volts(0.62);
    result.extrapolated = {point.index % 2 == 1, point.index > 2, point.index % 3 == 0};
    const PointResult again = reparsed(result);
    EXPECT_EQ(again.point, result.point);
    EXPECT_EQ(again.volts.has_value(), result.volts.has_value());
    EXPECT_EQ(again.bit_error_rates, result.bit_error_rates);
    EXPECT_EQ(again.extrapolated, result.extrapolated);
    EXPECT_EQ(again.flipped_weight_bits, result.flipped_weight_bits);
    EXPECT_EQ(again.network, result.network);
    EXPECT_EQ(again.generator, "none");
    EXPECT_EQ(again.engine, "fast");
    EXPECT_EQ(again.correct, result.correct);
    EXPECT_EQ(again.cycles, result.cycles);
    EXPECT_EQ(again.energies, result.energies);
    EXPECT_EQ(point_fields(again), point_fields(result));
  }
}

TEST(Point, AsManyFieldsAsColumns) {
  const Point point = plan_points(small_sweep(), VminRatio(1))[1];
  EXPECT_EQ(point_fields(result_of(point)).size(), point_columns().size());
}

TEST(Point, ColumnsThatFollowFromOthersAreChecked) {
  const Point point = plan_points(small_sweep(), VminRatio(1))[1];
  const std::vector<std::string> fields = point_fields(result_of(point));
  const auto& columns = point_columns();
  for (const char* name :
       {"correct", "accuracy", "ci95_low", "energy_pj_dram", "energy_pj_total"}) {
    const auto column =
        static_cast<std::size_t>(std::find(columns.begin(), columns.end(), name) - columns.begin());
    std::vector<std::string> damaged = fields;
    damaged.at(column).insert(0, "1");
    const CsvFile file = file_of(damaged);
    EXPECT_EQ(input_error([&] {
                static_cast<void>(parse_point(file, file.rows.front()));
              }).rfind("points.csv:2: ", 0),
              0U)
        << name;
  }
}

TEST(Point, IntervalHoldsTheAccuracy) {
  PointResult result;
  result.point.images = 200;
  result.correct = 177;
  EXPECT_DOUBLE_EQ(result.accuracy(), 0.885);
  EXPECT_NEAR(result.interval().lower, 0.83245, 1e-5);
  EXPECT_NEAR(result.interval().upper, 0.92569, 1e-5);
}

}  // namespace
}  // namespace brownout::sweep
