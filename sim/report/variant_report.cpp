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
constexpr int kHeight = 480;

enum class Axis { kVoltage, kBuffers, kAll };

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

std::string plot(const std::vector<VariantPoint>& points, Axis axis) {
  const sweep::EnergyUnit unit = unit_for(points, axis);
  std::string script = preamble(kPlotWidth, kHeight);
  std::string lines;
  std::size_t index = 0;
  for (const VariantCurve& curve : sweep::curves_of(points)) {
    std::vector<std::vector<double>> rows;
    for (const VariantPoint* p : curve.points) {
      rows.push_back({position(*p, axis, unit), p->mean * 100});
    }
    script += data_block(fmt::format("v{}", index), rows);
    lines += fmt::format(
        "$v{0} using 1:2 with linespoints pointtype {1} pointsize 0.6 linewidth 1.8 linecolor "
        "'{2}' title {3}, ",
        index, 4 + static_cast<int>(index / kColors.size() + index) % kMarks,
        kColors.at(index % kColors.size()), text_constant(curve.name));
    ++index;
  }
  return script + fmt::format(
                      "set xlabel {}\nset ylabel 'accuracy, %'\nset yrange [0:100]\n"
                      "set key outside right center vertical Left reverse\nplot {}NaN "
                      "notitle\n",
                      text_constant(axis_title(axis, unit)), lines);
}

std::string figure(const std::vector<VariantPoint>& points, Axis axis, const std::string& title,
                   const std::string& caption) {
  return fmt::format("<figure><h3>{}</h3>\n{}\n<figcaption>{}</figcaption></figure>\n",
                     escape(title), inline_svg(run_gnuplot(plot(points, axis)), title),
                     escape(caption));
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
  html += figure(points, Axis::kBuffers, "Accuracy against buffer energy",
                 "Mean over chips, one point a voltage; accesses, error codes, leakage and ramps "
                 "of the buffers for an image.");
  html += figure(points, Axis::kAll, "Accuracy against all energy",
                 "The same with array, vector unit and DRAM: the axis of the Pareto front.");
  html += figure(points, Axis::kVoltage, "Accuracy against voltage", "Of the swept rail.");
  html += fmt::format(
      "</div>\n<h2>All points</h2>\n<p class=\"note\">{}</p>\n{}</main></body></html>\n",
      escape(pareto), table(points));
  write_file_atomically((folder / sweep::kReportFile).string(), html);
}

}  // namespace brownout::report
