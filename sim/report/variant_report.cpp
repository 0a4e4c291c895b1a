// SPDX-License-Identifier: Apache-2.0
#include "sim/report/variant_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "sim/core/atomic_file.h"
#include "sim/core/error.h"
#include "sim/report/gnuplot.h"
#include "sim/report/html.h"
#include "sim/report/plot_style.h"
#include "sim/sweep/equal_energy.h"
#include "sim/sweep/results_folder.h"
#include "sim/sweep/variant_table.h"
#include "sim/sweep/variant_text.h"
#include "sim/sweep/wording.h"

namespace brownout::report {
namespace {

using sweep::VariantCurve;
using sweep::VariantPoint;

/// Okabe and Ito's colours, then again with other marks and dashes.
constexpr std::array<const char*, 7> kColors = {kBlue,     kVermilion, "#009E73", "#CC79A7",
                                                "#E69F00", "#56B4E9",  "#444444"};
constexpr int kMarks = 6;
constexpr std::size_t kDashes = 5;
constexpr int kWidth = 1220;  // of the page: the names of the curves need a column of their own
constexpr int kHeight = 460;
constexpr int kNameHeight = 24;  // of a curve's name in the key, as high as the plotted area
constexpr int kAxisHeight = 80;
constexpr double kCloseUp = 15;  // points of accuracy

enum class Axis { kVoltage, kBuffers, kAll };

/// Energies that lie together, in the plot's unit.
struct Span {
  double from = 0;
  double to = 0;
};

/// One plot of all curves: whole, or the accurate points of a span of energies.
struct Plot {
  Axis axis = Axis::kAll;
  std::optional<Span> close_up;
  std::string title;
  std::string caption;
};

sweep::EnergyOf energy_on(Axis axis) {
  return axis == Axis::kBuffers ? &VariantPoint::buffers : &VariantPoint::energy;
}

double position(const VariantPoint& point, Axis axis, const sweep::EnergyUnit& unit) {
  if (axis == Axis::kVoltage) return point.voltage.count();
  return unit.value(point.*energy_on(axis));
}

std::string axis_title(Axis axis, const sweep::EnergyUnit& unit) {
  if (axis == Axis::kVoltage) return "supply voltage, V/Vmin";
  return with_micro(
      fmt::format("{} energy per image, {}", axis == Axis::kBuffers ? "buffer" : "all", unit.name));
}

sweep::EnergyUnit unit_for(const std::vector<VariantPoint>& points, Axis axis) {
  Picojoules largest;
  for (const VariantPoint& p : points) largest = std::max(largest, p.*energy_on(axis));
  return sweep::energy_unit(largest);
}

double best_accuracy(const std::vector<VariantPoint>& points) {
  double best = 0;
  for (const VariantPoint& p : points) best = std::max(best, p.mean * 100);
  return best;
}

/// The points nobody beats: a broad line under the curves, numbered as in the table.
struct Front {
  std::string data;
  std::string line;
  std::string numbers;
};

Front front(const std::vector<VariantPoint>& points, Axis axis, const sweep::EnergyUnit& unit) {
  std::vector<std::vector<double>> rows;
  for (const VariantPoint* p : sweep::pareto_front(points, energy_on(axis))) {
    rows.push_back({position(*p, axis, unit), p->mean * 100, static_cast<double>(rows.size() + 1)});
  }
  return {data_block("front", rows),
          "$front using 1:2 with lines linewidth 9 linecolor '#e3e7ec' title 'Pareto front', ",
          "$front using 1:2:3 with labels font ',11' offset -0.6,0.7 notitle, "};
}

/// The energies of all points, parted where nothing lies for a quarter of their range: variants
/// with a generator may need far more than those without.
std::vector<Span> spans_of(const std::vector<VariantPoint>& points, Axis axis) {
  constexpr double kGap = 0.25;
  const sweep::EnergyUnit unit = unit_for(points, axis);
  std::vector<double> energies;
  for (const VariantPoint& p : points) {
    if (!p.is_reference) energies.push_back(position(p, axis, unit));
  }
  std::sort(energies.begin(), energies.end());
  std::vector<Span> spans = {{energies.front(), energies.front()}};
  for (const double energy : energies) {
    const bool far = energy - spans.back().to > kGap * (energies.back() - energies.front());
    if (far) spans.push_back({energy, energy});
    spans.back().to = energy;
  }
  return spans;
}

std::string close_up_ranges(const Span& span, double best) {
  const double room = std::max((span.to - span.from) * 0.06, span.to * 1e-3);
  return fmt::format("set xrange [{}:{}]\nset yrange [{}:{}]\n", span.from - room, span.to + room,
                     std::max(0.0, best - kCloseUp), best + 1);
}

std::string curve_lines(const std::vector<VariantPoint>& points, Axis axis,
                        const sweep::EnergyUnit& unit, std::string& data) {
  std::string lines;
  std::size_t index = 0;
  for (const VariantCurve& curve : sweep::curves_of(points)) {
    std::vector<std::vector<double>> rows;
    for (const VariantPoint* p : curve.points) {
      rows.push_back({position(*p, axis, unit), p->mean * 100});
    }
    data += data_block(fmt::format("v{}", index), rows);
    const std::size_t round = index / kColors.size();
    lines += fmt::format(
        "$v{0} using 1:2 with linespoints pointtype {1} pointsize 0.6 linewidth 1.5 dashtype {2} "
        "linecolor '{3}' title {4}, ",
        index, 4 + static_cast<int>(round + index) % kMarks, 1 + round % kDashes,
        kColors.at(index % kColors.size()), text_constant(curve.name));
    ++index;
  }
  return lines;
}

std::string script_of(const std::vector<VariantPoint>& points, const Plot& plot) {
  const sweep::EnergyUnit unit = unit_for(points, plot.axis);
  const std::size_t names = sweep::curves_of(points).size() + 1;
  const int height = std::max(kHeight, kNameHeight * static_cast<int>(names) + kAxisHeight);
  std::string script = preamble(kWidth, height);
  std::string lines = curve_lines(points, plot.axis, unit, script);
  if (plot.axis != Axis::kVoltage) {
    const Front marked = front(points, plot.axis, unit);
    script += marked.data;
    lines = marked.line + lines + marked.numbers;
  }
  script += fmt::format("set xlabel {}\nset ylabel 'accuracy, %'\nset yrange [0:100]\n",
                        text_constant(axis_title(plot.axis, unit)));
  if (plot.close_up) script += close_up_ranges(*plot.close_up, best_accuracy(points));
  return script +
         fmt::format("set key outside right center vertical maxrows {} Left reverse\nplot {}",
                     names, lines) +
         "NaN notitle\n";
}

std::string figure(const std::vector<VariantPoint>& points, const Plot& plot) {
  return fmt::format(
      "<figure class=\"wide\"><h3>{}</h3>\n{}\n<figcaption>{}</figcaption></figure>\n",
      escape(plot.title), inline_svg(run_gnuplot(script_of(points, plot)), plot.title),
      escape(plot.caption));
}

std::vector<Plot> plots_of(const std::vector<VariantPoint>& points) {
  std::vector<Plot> plots = {
      {Axis::kVoltage, {}, "Accuracy against voltage", "Of the swept rail, mean over chips."},
      {Axis::kAll,
       {},
       "Accuracy against all energy",
       "One point a voltage; numbers are those of the Pareto front's table."}};
  for (const Span& span : spans_of(points, Axis::kAll)) {
    plots.push_back({Axis::kAll, span, "The same, close up", "The accurate points among these."});
  }
  plots.push_back({Axis::kBuffers,
                   {},
                   "Accuracy against buffer energy",
                   "Without array, vector unit and DRAM: accesses, error codes, leakage and ramps "
                   "of the buffers for an image, with a front of their own."});
  return plots;
}

std::string energy_title(Axis axis, const sweep::EnergyUnit& unit) {
  return with_micro(fmt::format("{}, {}", axis == Axis::kBuffers ? "buffers" : "all", unit.name));
}

/// The points nobody beats, as numbered in the plot.
std::string front_table(const std::vector<VariantPoint>& points, Axis axis) {
  const sweep::EnergyUnit unit = unit_for(points, axis);
  std::vector<std::vector<std::string>> rows;
  for (const VariantPoint* p : sweep::pareto_front(points, energy_on(axis))) {
    rows.push_back({p->variant, std::to_string(rows.size() + 1),
                    fmt::format("{:.4f}", p->voltage.count()), sweep::percent(p->mean, 2),
                    sweep::percent(p->lowest, 2), unit.text(p->*energy_on(axis))});
  }
  return html_table(
      {"variant", "no.", "V/Vmin", "mean, %", "worst chip, %", energy_title(axis, unit)}, rows, 1);
}

/// What each variant reaches within some budgets.
std::string budget_table(const std::vector<VariantPoint>& points, Axis axis) {
  const sweep::EnergyUnit unit = unit_for(points, axis);
  const auto budgets = sweep::energy_budgets(points, energy_on(axis), sweep::kShownBudgets);
  std::vector<std::string> titles = {"variant"};
  for (const Picojoules budget : budgets) {
    titles.push_back(with_micro(fmt::format("{} {}", unit.text(budget), unit.name)));
  }
  return html_table(titles, sweep::equal_energy_rows(points, budgets, energy_on(axis)), 1);
}

std::string comparison(const std::vector<VariantPoint>& points, Axis axis, const char* of) {
  return fmt::format(
      "<h2>At equal energy: {0}</h2>\n<p class=\"note\">Accuracy, %, of each variant's best "
      "measured point that needs no more than the energy above, mean over chips; {1} the best of "
      "all, - none needs so little. Budgets are measured points' energies.</p>\n{2}"
      "<h2>Pareto front: {0}</h2>\n<p class=\"note\">No other point is as accurate for less energy "
      "or more accurate for as much.</p>\n{3}",
      of, sweep::kBestMark, budget_table(points, axis), front_table(points, axis));
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
                                           energy_title(Axis::kBuffers, buffers),
                                           energy_title(Axis::kAll, all),
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
  if (sweep::pareto_front(points, &VariantPoint::energy).empty()) {
    throw InputError(path + ": no variant is finished yet");
  }
  std::string html = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{0}</title>\n<style>{1}</style></head>\n<body><main>\n<h1>{0}</h1>\n"
      "<p class=\"lead\">{2} variants of one experiment; each has a report of its own in its "
      "folder</p>\n<h2>Plots</h2>\n<div class=\"figures\">\n",
      "Variants compared", style_sheet(), sweep::curves_of(points).size());
  for (const Plot& plot : plots_of(points)) html += figure(points, plot);
  html += "</div>\n" + comparison(points, Axis::kAll, "all of it") +
          comparison(points, Axis::kBuffers, "buffers") +
          fmt::format("<h2>All points</h2>\n{}</main></body></html>\n", table(points));
  write_file_atomically((folder / sweep::kReportFile).string(), html);
}

}  // namespace brownout::report
