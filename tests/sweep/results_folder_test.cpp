// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/results_folder.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/sweep/results_fixture.h"

namespace brownout::sweep {
namespace {

class ResultsFolderTest : public FolderTest {
 protected:
  [[nodiscard]] ResultsFolder open(OpenMode mode) const {
    return {folder() / "r", mode, small_manifest(), plan_};
  }
  [[nodiscard]] std::string error_opening(OpenMode mode) const {
    return shortened(
        input_error([&] { ResultsFolder(folder() / "r", mode, small_manifest(), plan_); }));
  }
  [[nodiscard]] std::string error_reading() const {
    return shortened(input_error([&] { static_cast<void>(read_results(folder() / "r")); }));
  }
  /// `message` without the folder's name in front.
  [[nodiscard]] std::string shortened(const std::string& message) const {
    const std::string prefix = path("r");
    return message.rfind(prefix, 0) == 0 ? message.substr(prefix.size()) : message;
  }
  [[nodiscard]] std::vector<PointResult> results_of(const std::vector<std::size_t>& indices) const {
    std::vector<PointResult> results;
    for (const std::size_t index : indices) results.push_back(result_of(plan_[index]));
    return results;
  }
  static std::size_t column_of(const std::string& name) {
    const auto& columns = point_columns();
    return static_cast<std::size_t>(std::find(columns.begin(), columns.end(), name) -
                                    columns.begin());
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

TEST_F(ResultsFolderTest, ResumedRowsMustBeWhatTheSweepGives) {
  fill({0, 1}, OpenMode::kNew);
  const std::string points = read("r/points.csv");
  const auto error_with = [&](const std::string& column, const std::string& text) {
    std::vector<std::string> fields = point_fields(result_of(plan_[1]));
    const std::size_t at = column_of(column);
    fields.at(at) = text;
    write("r/points.csv", points.substr(0, points.rfind("1,sweep,1,")) + join_csv(fields) + "\n");
    return shortened(input_error([&] {
      const ResultsFolder results = open(OpenMode::kResume);
      for (const Point& point : plan_) results.verify(result_of(point));
    }));
  };
  const PointResult result = result_of(plan_[1]);
  EXPECT_EQ(error_with("engine", "fast"), "");
  EXPECT_EQ(error_with("engine", "cycle"),
            "/points.csv:3: column 'engine' is 'cycle', this sweep gives 'fast'");
  EXPECT_EQ(error_with("time_us", "44.7760"),
            "/points.csv:3: column 'time_us' is '44.7760', this sweep gives '44.776'");
  for (const char* column :
       {"voltage_v", "faulty_cells_ifmap", "faulty_cells_filter", "faulty_cells_ofmap",
        "extrapolated", "network", "generator", "cycles", "time_us"}) {
    EXPECT_NE(error_with(column, "1"), "") << column;
  }
  PointResult other = result;
  other.correct -= 1;
  write("r/points.csv",
        points.substr(0, points.rfind("1,sweep,1,")) + join_csv(point_fields(other)) + "\n");
  open(OpenMode::kResume).verify(result);  // correct is what was simulated
  other.energies[0].second = Picojoules(1);
  write("r/points.csv",
        points.substr(0, points.rfind("1,sweep,1,")) + join_csv(point_fields(other)) + "\n");
  EXPECT_EQ(shortened(input_error([&] { open(OpenMode::kResume).verify(result); })),
            "/points.csv:3: column 'energy_pj_filter_sram' is '1', this sweep gives '300.1'");
}

TEST_F(ResultsFolderTest, AllOfItCanBeReadBack) {
  fill({4, 3}, OpenMode::kNew);
  EXPECT_EQ(error_reading(), ": no results, layers.csv is missing");
  const auto layers = layers_of(results_of({3, 4}));
  open(OpenMode::kResume).write_layer_rows(layers);
  const Results results = read_results(folder() / "r");
  ASSERT_EQ(results.points.size(), 2U);
  EXPECT_EQ(results.points[0].point, plan_[3]);
  ASSERT_EQ(results.layers.size(), 4U);
  EXPECT_EQ(results.layers[0].name, "a, b");
  EXPECT_EQ(results.layers[1].statistics, layers[1].statistics);
  EXPECT_EQ(results.layers[1].energies, layers[1].energies);
  EXPECT_EQ(results.manifest.rail, "weights");
}

TEST_F(ResultsFolderTest, ReadingRefusesPointsThatAreNoneOfTheSweep) {
  fill({0, 1, 2, 3, 4, 5, 6}, OpenMode::kNew);
  open(OpenMode::kResume).write_layer_rows(layers_of(results_of({0, 1, 2, 3, 4, 5, 6})));
  EXPECT_EQ(error_reading(), "");
  const std::string points = read("r/points.csv");
  const std::size_t last = points.rfind("6,sweep,");
  write("r/points.csv", points + points.substr(last));
  EXPECT_EQ(error_reading(), "/points.csv:9: point 6 appears twice");
  write("r/points.csv", points.substr(0, last) + "7" + points.substr(last + 1));
  EXPECT_EQ(error_reading(), "/points.csv:8: found point 7, allowed: 0 to 6 by manifest.json");
  write("r/points.csv", points.substr(0, last) + "6,nominal" + points.substr(last + 7));
  EXPECT_EQ(error_reading(), "/points.csv:8: found point 6 of role nominal, allowed: sweep");
  const std::size_t nominal = points.find("0,nominal,");
  const std::size_t second = points.find("1,sweep,");
  write("r/points.csv", points.substr(0, nominal) + points.substr(second));
  EXPECT_EQ(error_reading(),
            "/points.csv: found all points but point 0, the nominal one all others are compared "
            "with; 'brownout sweep --resume' simulates it");
  write("r/points.csv", points.substr(0, nominal) + points.substr(second, last - second));
  EXPECT_EQ(error_reading(), "") << "interrupted, the nominal point on another thread";
}

TEST_F(ResultsFolderTest, ReadingRefusesLayersThatAreNotThePoints) {
  fill({0, 1, 3}, OpenMode::kNew);
  const auto error_with = [&](auto change) {
    std::vector<LayerRow> rows = layers_of(results_of({0, 2, 3}));
    change(rows);
    open(OpenMode::kResume).write_layer_rows(rows);
    return error_reading();
  };
  using Rows = std::vector<LayerRow>&;
  EXPECT_EQ(error_with([](Rows) {}), "");
  EXPECT_EQ(error_with([](Rows rows) { rows.erase(rows.begin(), rows.begin() + 2); }),
            "/layers.csv: voltage 1: found no layers, allowed: those of the network, as point 0 "
            "says");
  EXPECT_EQ(error_with([](Rows rows) { rows.erase(rows.begin()); }),
            "/layers.csv:2: layer: found '1', allowed: 0, a voltage has all layers in order");
  EXPECT_EQ(error_with([](Rows rows) { rows.insert(rows.begin(), rows.front()); }),
            "/layers.csv:3: layer: found '0', allowed: 1, a voltage has all layers in order");
  EXPECT_EQ(error_with([](Rows rows) { rows.erase(rows.begin() + 3); }),
            "/layers.csv: voltage 0.9: found 1 layers, allowed: 2 as elsewhere");
  EXPECT_EQ(error_with([](Rows rows) { std::rotate(rows.begin(), rows.begin() + 2, rows.end()); }),
            "/layers.csv:6: voltage_vmin: found '1', allowed: falling voltages");
  EXPECT_EQ(error_with([](Rows rows) { rows[4].statistics[0].second += 1; }),
            "/layers.csv: voltage 0.8: found layers of 44777 cycles, allowed: 44776 as point 3 "
            "says");
  EXPECT_EQ(error_with([](Rows rows) { rows[5].energies[4].second = Picojoules(0); }),
            "/layers.csv: voltage 0.8: found layers of energy_pj_array 30.21, allowed: 100.7 as "
            "point 3 says");
}

}  // namespace
}  // namespace brownout::sweep
