// SPDX-License-Identifier: Apache-2.0
#include "sim/report/variant_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "sim/core/atomic_file.h"
#include "sim/core/error.h"
#include "sim/report/gnuplot.h"
#include "sim/report/html.h"
#include "sim/report/plot_style.h"
#include "sim/sweep/results_folder.h"
#include "sim/sweep/variant_table.h"
#include "sim/sweep/wording.h"

namespace brownout::report {
namespace {

using sweep::VariantCurve;
using sweep::VariantPoint;

/// Okabe and Ito's colours, then again with other marks.
constexpr std::array<const char*, 7> kColors = {kBlue,     kVermilion, "#009E73", "#CC79A7",
                                                "#E69F00", "#56B4E9",  "#444444"};
constexpr int kMarks = 6;
constexpr int kWidth = 1220;  // of the page: the names of the curves need a column of their own
constexpr int kHeight = 460;
constexpr double kCloseUp = 15;  // points of accuracy

enum class Axis { kVoltage, kBuffers, kAll };

/// One plot of all curves; accuracies below `lowest` are cut off.
struct Plot {
  Axis axis = Axis::kAll;
  double lowest = 0;
  std::string title;
  std::string caption;
};

double position(const VariantPoint& point, Axis axis, const sweep::EnergyUnit& unit) {
  if (axis == Axis::kVoltage) return point.voltage.count();
  return unit.value(axis == Axis::kBuffers ? point.buffers : point.energy);
}

std::string axis_title(Axis axis, const sweep::EnergyUnit& unit) {
  if (axis == Axis::kVoltage) return "supply voltage, V/Vmin";
  return with_micro(
      fmt::format("{} energy per image, {}", axis == Axis::kBuffers ? "buffer" : "all", unit.name));
}

sweep::EnergyUnit unit_for(const std::vector<VariantPoint>& points, Axis axis) {
  Picojoules largest;
  for (const VariantPoint& p : points) {
    largest = std::max(largest, axis == Axis::kBuffers ? p.buffers : p.energy);
  }
  return sweep::energy_unit(largest);
}

double best_accuracy(const std::vector<VariantPoint>& points) {
  double best = 0;
  for (const VariantPoint& p : points) best = std::max(best, p.mean * 100);
  return best;
}

/// The points nobody beats, by energy; a broad line under the curves.
std::string front(const std::vector<VariantPoint>& points, Axis axis,
                  const sweep::EnergyUnit& unit) {
  std::vector<std::vector<double>> rows;
  for (const VariantPoint& p : points) {
    if (p.pareto) rows.push_back({position(p, axis, unit), p.mean * 100});
  }
  std::sort(rows.begin(), rows.end());
  return data_block("front", rows);
}

std::string script_of(const std::vector<VariantPoint>& points, const Plot& plot) {
  const sweep::EnergyUnit unit = unit_for(points, plot.axis);
  std::string script = preamble(kWidth, kHeight);
  std::string lines;
  if (plot.axis == Axis::kAll) {
    script += front(points, plot.axis, unit);
    lines = "$front using 1:2 with lines linewidth 9 linecolor '#e3e7ec' title 'Pareto front', ";
  }
  std::size_t index = 0;
  for (const VariantCurve& curve : sweep::curves_of(points)) {
    std::vector<std::vector<double>> rows;
    for (const VariantPoint* p : curve.points) {
      rows.push_back({position(*p, plot.axis, unit), p->mean * 100});
    }
    script += data_block(fmt::format("v{}", index), rows);
    lines += fmt::format(
        "$v{0} using 1:2 with linespoints pointtype {1} pointsize 0.6 linewidth 1.5 linecolor "
        "'{2}' title {3}, ",
        index, 4 + static_cast<int>(index / kColors.size() + index) % kMarks,
        kColors.at(index % kColors.size()), text_constant(curve.name));
    ++index;
  }
  return script + fmt::format(
                      "set xlabel {}\nset ylabel 'accuracy, %'\nset yrange [{}:{}]\n"
                      "set key outside right center vertical Left reverse\nplot {}NaN notitle\n",
                      text_constant(axis_title(plot.axis, unit)), plot.lowest,
                      plot.lowest == 0 ? 100 : best_accuracy(points) + 1, lines);
}

std::string figure(const std::vector<VariantPoint>& points, const Plot& plot) {
  return fmt::format(
      "<figure class=\"wide\"><h3>{}</h3>\n{}\n<figcaption>{}</figcaption></figure>\n",
      escape(plot.title), inline_svg(run_gnuplot(script_of(points, plot)), plot.title),
      escape(plot.caption));
}

std::vector<Plot> plots_of(const std::vector<VariantPoint>& points) {
  const double close_up = std::max(0.0, best_accuracy(points) - kCloseUp);
  return {{Axis::kVoltage, 0, "Accuracy against voltage", "Of the swept rail, mean over chips."},
          {Axis::kBuffers, 0, "Accuracy against buffer energy",
           "One point a voltage; accesses, error codes, leakage and ramps of the buffers for an "
           "image."},
          {Axis::kAll, close_up, "Accuracy against all energy, close up",
           "The same with array, vector unit and DRAM: the axis of the Pareto front."}};
}

std::string table(const std::vector<VariantPoint>& points) {
  const sweep::EnergyUnit all = unit_for(points, Axis::kAll);
  const sweep::EnergyUnit buffers = unit_for(points, Axis::kBuffers);
  const std::vector<std::string> titles = {"variant",
                                           "point",
                                           "V/Vmin",
                                           "chips",
                                           "images",
                                           "mean, %",
                                           "std, %",
                                           "min, %",
                                           "max, %",
                                           "cycles",
                                           with_micro(fmt::format("buffers, {}", buffers.name)),
                                           with_micro(fmt::format("all, {}", all.name)),
                                           "buffer cells, bits",
                                           "Pareto"};
  std::vector<std::vector<std::string>> rows;
  for (const VariantPoint& p : points) {
    rows.push_back(
        {p.variant, p.is_reference ? "reference" : "", fmt::format("{:.4f}", p.voltage.count()),
         std::to_string(p.chips), sweep::thousands(p.images), sweep::percent(p.mean, 2),
         sweep::percent(p.deviation, 2), sweep::percent(p.lowest, 2), sweep::percent(p.highest, 2),
         sweep::thousands(p.cycles.count()), buffers.text(p.buffers), all.text(p.energy),
         sweep::thousands(p.buffer_bits), p.pareto ? "yes" : ""});
  }
  return html_table(titles, rows, 2);
}

}  // namespace

void write_variant_report(const std::filesystem::path& folder) {
  const std::string path = (folder / sweep::kVariantsFile).string();
  const std::vector<VariantPoint> points = sweep::read_variant_points(path);
  if (points.empty()) throw InputError(path + ": no variant is finished yet");
  const char* pareto =
      "Pareto: no other point is as accurate for less energy or more accurate for as much.";
  std::string html = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{0}</title>\n<style>{1}</style></head>\n<body><main>\n<h1>{0}</h1>\n"
      "<p class=\"lead\">{2} variants of one experiment; each has a report of its own in its "
      "folder</p>\n<h2>Plots</h2>\n<div class=\"figures\">\n",
      "Variants compared", style_sheet(), sweep::curves_of(points).size());
  for (const Plot& plot : plots_of(points)) html += figure(points, plot);
  html += fmt::format(
      "</div>\n<h2>All points</h2>\n<p class=\"note\">{}</p>\n{}</main></body></html>\n",
      escape(pareto), table(points));
  write_file_atomically((folder / sweep::kReportFile).string(), html);
}

}  // namespace brownout::report
