// SPDX-License-Identifier: Apache-2.0
#include "sim/report/report.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "sim/report/gnuplot.h"
#include "sim/report/html.h"
#include "sim/report/plot_style.h"
#include "sim/report/plots.h"
#include "sim/report/point_labels.h"
#include "sim/sweep/results_folder.h"
#include "tests/sweep/results_fixture.h"

namespace brownout::report {
namespace {

using sweep::FolderTest;

TEST(Html, EscapesWhatMeansSomething) {
  EXPECT_EQ(escape("<a href=\"x\">'&'</a>"),
            "&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;");
}

TEST(Gnuplot, FailuresCarryItsWords) {
  try {
    static_cast<void>(run_gnuplot("plot nonsense(\n"));
    FAIL() << "a broken script was accepted";
  } catch (const SimulationError& error) {
    EXPECT_NE(std::string(error.what()).find("invalid expression"), std::string::npos)
        << error.what();
  }
  EXPECT_THROW(static_cast<void>(inline_svg("no svg", "x")), SimulationError);
}

TEST(PlotStyle, TextsAreTakenLiterally) {
  EXPECT_EQ(text_constant("it's\n5%"), "'it''s 5%'");
  EXPECT_EQ(tic("5%", 0.8), "'5%%' 0.8");
  EXPECT_EQ(with_micro("20.4 uJ"), "20.4 \u00b5J");
  EXPECT_EQ(with_micro("44 us"), "44 \u00b5s");
  EXPECT_EQ(with_micro("bus"), "bus");
}

TEST(PointLabels, CoverNeitherPointsNorEachOther) {
  const PlotFrame frame{1, 100, 1, 100, 400, 300};
  using Side = LabelSide;
  EXPECT_EQ(place_labels({{"alone", 10, 10}}, frame), (std::vector<Side>{Side::kRight}));
  // No room at the page's right edge.
  EXPECT_EQ(place_labels({{"edge", 99, 10}}, frame), (std::vector<Side>{Side::kLeft}));
  // The second point is where the first one's name would go, and the other way round.
  EXPECT_EQ(place_labels({{"one", 10, 10}, {"two", 11, 10}}, frame),
            (std::vector<Side>{Side::kLeft, Side::kRight}));
  // Six names on one spot: four sides, none has room while another point lies there too.
  const std::vector<Side> crowd = place_labels(std::vector<NamedPoint>(6, {"x", 10, 10}), frame);
  EXPECT_EQ(std::count(crowd.begin(), crowd.end(), Side::kNone), 2);
  EXPECT_EQ(std::set<Side>(crowd.begin(), crowd.end()).size(), 5U);
}

class ReportTest : public FolderTest {
 protected:
  void write_results(const sweep::Manifest& manifest,
                     const std::vector<sweep::PointResult>& points) const {
    std::vector<sweep::Point> plan;
    for (const sweep::PointResult& result : points) plan.push_back(result.point);
    sweep::ResultsFolder results(folder() / "r", sweep::OpenMode::kNew, manifest, plan);
    for (const sweep::PointResult& result : points) results.append(result);
    results.write_layer_rows(sweep::layers_of(
        points, {"50% <conv> 'x' \"y\" $z", "/a/very/long/name/of/a/layer/conv_17/q"}));
  }
  void fill(const std::vector<sweep::Point>& plan) const {
    std::vector<sweep::PointResult> points;
    for (const sweep::Point& point : plan) points.push_back(sweep::result_of(point));
    write_results(sweep::small_manifest(), points);
  }
};

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
    ++found;
  }
  return found;
}

TEST_F(ReportTest, HoldsPlotsTablesAndProvenanceEscaped) {
  fill(sweep::plan_points(sweep::small_sweep(), VminRatio(1)));
  write_report(folder() / "r");
  const std::string html = read("r/report.html");
  EXPECT_EQ(count(html, "<svg role"), 8U);
  EXPECT_EQ(count(html, "<table>"), 2U);
  EXPECT_EQ(count(html, "net &lt;small&gt;"), 3U);
  EXPECT_EQ(count(html, "net <small>"), 0U);
  EXPECT_EQ(count(html, "A &amp; B, 2019"), 1U);
  EXPECT_EQ(count(html, "50% &lt;conv&gt; &#39;x&#39; &quot;y&quot; $z"), 1U);
  EXPECT_EQ(count(html, "<conv>"), 0U);
}

TEST_F(ReportTest, ASinglePointHasNothingOverVoltage) {
  sweep::Point point;
  point.role = sweep::Role::kRun;
  point.voltage = VminRatio(0.9);
  point.images = 10;
  sweep::Manifest manifest = sweep::small_manifest();
  manifest.kind = "run";
  manifest.points = 1;
  write_results(manifest, {sweep::result_of(point)});
  write_report(folder() / "r");
  EXPECT_EQ(count(read("r/report.html"), "<svg role"), 4U);
}

TEST_F(ReportTest, WithoutEnergiesAndDifferencesItIsStillDrawn) {
  std::vector<sweep::PointResult> points;
  for (const sweep::Point& point : sweep::plan_points(sweep::small_sweep(), VminRatio(1.1))) {
    sweep::PointResult result = sweep::result_of(point);
    result.correct = 0;
    for (auto& [name, energy] : result.energies) energy = Picojoules(0);
    if (point.voltage != VminRatio(1)) result.energies[0].second = Picojoules(5);
    result.bit_error_rates = {0.0, 0.0, 0.0};
    points.push_back(result);
  }
  write_results(sweep::small_manifest(), points);
  write_report(folder() / "r");
  // Accuracy, savings, their cost and layers: neither the first point nor the memory has anything
  // else.
  EXPECT_EQ(count(read("r/report.html"), "<svg role"), 5U);
}

TEST_F(ReportTest, AnUnfinishedSweepIsReported) {
  const auto plan = sweep::plan_points(sweep::small_sweep(), VminRatio(1));
  fill({plan[0]});
  write_report(folder() / "r");
  EXPECT_EQ(count(read("r/report.html"), "<svg role"), 2U);
  EXPECT_NE(sweep::input_error([&] { write_report(folder() / "missing"); }), "");
}

}  // namespace
}  // namespace brownout::report
