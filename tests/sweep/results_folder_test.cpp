// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/results_folder.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "accel/run_statistics.h"
#include "tests/sweep/results_fixture.h"

namespace brownout::sweep {
namespace {

class ResultsFolderTest : public FolderTest {
 protected:
  [[nodiscard]] ResultsFolder open(OpenMode mode) const {
    return {folder() / "r", mode, small_manifest(), plan_};
  }
  [[nodiscard]] std::string error_opening(OpenMode mode) const {
    const std::string message =
        input_error([&] { ResultsFolder(folder() / "r", mode, small_manifest(), plan_); });
    const std::string prefix = path("r");
    return message.rfind(prefix, 0) == 0 ? message.substr(prefix.size()) : message;
  }
  /// The folder after these points were appended in this order.
  void fill(const std::vector<std::size_t>& indices, OpenMode mode) const {
    ResultsFolder results = open(mode);
    for (const std::size_t index : indices) results.append(result_of(plan_[index]));
    if (results.size() == plan_.size()) results.finish();
  }

  std::vector<Point> plan_ = plan_points(small_sweep(), VminRatio(1));
};

TEST_F(ResultsFolderTest, OrderOfPointsDoesNotMatter) {
  fill({0, 1, 2, 3, 4, 5, 6}, OpenMode::kNew);
  const std::string straight = read("r/points.csv");
  std::filesystem::remove_all(folder() / "r");
  fill({3, 6, 0}, OpenMode::kNew);
  EXPECT_NE(read("r/points.csv"), straight);
  fill({5, 1}, OpenMode::kResume);
  fill({4, 2}, OpenMode::kResume);
  EXPECT_EQ(read("r/points.csv"), straight);
}

TEST_F(ResultsFolderTest, ResumingKnowsWhatIsThere) {
  fill({3, 0}, OpenMode::kNew);
  const ResultsFolder results = open(OpenMode::kResume);
  for (const Point& point : plan_) {
    EXPECT_EQ(results.has(point), point.index == 3 || point.index == 0) << point.index;
  }
}

TEST_F(ResultsFolderTest, ANewFolderMustBeFree) {
  std::filesystem::create_directories(folder() / "r");
  write("r/notes.txt", "not ours");
  fill({0}, OpenMode::kNew);
  const std::string points = read("r/points.csv");
  EXPECT_EQ(error_opening(OpenMode::kNew),
            ": already holds results (manifest.json); choose another folder with --out, or "
            "continue an interrupted sweep with --resume");
  EXPECT_EQ(read("r/points.csv"), points);
}

TEST_F(ResultsFolderTest, OneWriterAtATime) {
  const ResultsFolder first = open(OpenMode::kNew);
  EXPECT_EQ(error_opening(OpenMode::kResume), ": another process is writing these results");
}

TEST_F(ResultsFolderTest, RowsMustBeOfThePlan) {
  fill({0, 1}, OpenMode::kNew);
  const std::string points = read("r/points.csv");
  const std::size_t row = points.rfind("1,sweep,1,");
  write("r/points.csv", points + points.substr(row));
  EXPECT_EQ(error_opening(OpenMode::kResume), "/points.csv:4: point 1 appears twice");
  write("r/points.csv", points.substr(0, row) + "2" + points.substr(row + 1));
  EXPECT_EQ(error_opening(OpenMode::kResume), "/points.csv:3: point 2 is none of this sweep's");
  std::filesystem::remove(folder() / "r/manifest.json");
  EXPECT_EQ(error_opening(OpenMode::kResume),
            ": has points.csv but no manifest.json, so nobody knows what its points are");
}

TEST_F(ResultsFolderTest, AllOfItCanBeReadBack) {
  accel::RunStatistics statistics;
  statistics.names = {"a, b", "c\nd"};
  statistics.layers.resize(2);
  statistics.layers[1].macs = 77;
  std::vector<LayerRow> layers;
  for (std::size_t i = 0; i < 2; ++i) {
    LayerRow row{VminRatio(0.9), i, i == 0 ? "a, b" : "c", {}, {}};
    for (const auto& [info, value] : accel::walk(statistics.layers[i])) {
      row.statistics.emplace_back(info.name, value);
    }
    row.energies = result_of(plan_[i]).energies;
    layers.push_back(row);
  }
  fill({4, 1}, OpenMode::kNew);
  EXPECT_NE(input_error([&] { static_cast<void>(read_results(folder() / "r")); }), "");
  open(OpenMode::kResume).write_layer_rows(layers);
  const Results results = read_results(folder() / "r");
  ASSERT_EQ(results.points.size(), 2U);
  EXPECT_EQ(results.points[0].point, plan_[1]);
  ASSERT_EQ(results.layers.size(), 2U);
  EXPECT_EQ(results.layers[0].name, "a, b");
  EXPECT_EQ(results.layers[1].statistics, layers[1].statistics);
  EXPECT_EQ(results.layers[1].energies, layers[1].energies);
  EXPECT_EQ(results.manifest.rail, "weights");
}

}  // namespace
}  // namespace brownout::sweep
