// SPDX-License-Identifier: Apache-2.0
#include "sim/report/roofline_plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "sim/report/layer_plot.h"
#include "sim/report/plot_style.h"
#include "sim/report/point_labels.h"

namespace brownout::report {
namespace {

// About what axes and key leave of the page.
constexpr double kFrameWidth = 2 * kPlotWidth - 100;
constexpr double kFrameHeight = kPlotHeight - 110;

/// What happened in a layer, or in all.
struct Work {
  double macs = 0;
  double bytes = 0;
  double cycles = 0;

  Work& operator+=(const Work& other) {
    macs += other.macs;
    bytes += other.bytes;
    cycles += other.cycles;
    return *this;
  }
  /// MACs per byte.
  [[nodiscard]] double intensity() const { return macs / bytes; }
  /// MACs per cycle.
  [[nodiscard]] double speed() const { return macs / cycles; }
};

Work work_of(const sweep::LayerRow& layer) {
  Work work;
  for (const auto& [name, value] : layer.statistics) {
    const auto amount = static_cast<double>(value);
    if (name == "macs") work.macs += amount;
    if (name == "dram_read" || name == "dram_written") work.bytes += amount;
    if (name.rfind("cycles_", 0) == 0) work.cycles += amount;
  }
  return work;
}

bool is_placed(const Work& work) { return work.macs > 0 && work.bytes > 0 && work.cycles > 0; }

/// Around the points and where the roofs meet, with room for names.
PlotFrame frame_of(const std::vector<NamedPoint>& points, double peak, double ridge) {
  PlotFrame frame{ridge, ridge, peak, peak, kFrameWidth, kFrameHeight};
  for (const NamedPoint& point : points) {
    frame.left = std::min(frame.left, point.x);
    frame.right = std::max(frame.right, point.x);
    frame.bottom = std::min(frame.bottom, point.y);
    frame.top = std::max(frame.top, point.y);
  }
  return {frame.left / 2, frame.right * 4, frame.bottom / 2,
          frame.top * 2,  frame.width,     frame.height};
}

/// Names on one side of their points, as a data block and an element of `plot`.
struct Labels {
  std::string block;
  std::string element;
};

Labels labels_on(LabelSide side, const std::vector<NamedPoint>& points,
                 const std::vector<LabelSide>& sides) {
  static const std::map<LabelSide, std::pair<const char*, const char*>> kPlaces = {
      {LabelSide::kRight, {"right", "left offset 0.7,0"}},
      {LabelSide::kLeft, {"left", "right offset -0.7,0"}},
      {LabelSide::kAbove, {"above", "center offset 0,0.7"}},
      {LabelSide::kBelow, {"below", "center offset 0,-0.7"}}};
  const auto& [name, place] = kPlaces.at(side);
  std::string rows;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (sides[i] != side) continue;
    rows += fmt::format("{} {} {}\n", points[i].x, points[i].y, quoted_word(points[i].name));
  }
  if (rows.empty()) return {};
  return {fmt::format("${} << EOD\n{}EOD\n", name, rows),
          fmt::format("${} using 1:2:3 with labels {} font ',10' textcolor rgb '{}' notitle, ",
                      name, place, kGrey)};
}

/// The roofs, bent where DRAM feeds the array just fast enough; `bytes_per_cycle` 0: no such roof.
std::string roofs(double peak, double bytes_per_cycle) {
  std::string text;
  std::string flat = fmt::format("{}", peak);
  if (bytes_per_cycle > 0) {
    text = fmt::format(
        "(x*{0} < {1} ? x*{0} : 1/0) with lines linewidth 2 linecolor '{2}' title "
        "'DRAM, {0:.4g} bytes a cycle', ",
        bytes_per_cycle, peak, kVermilion);
    flat = fmt::format("(x*{} >= {} ? {} : 1/0)", bytes_per_cycle, peak, peak);
  }
  return text + fmt::format(
                    "{} with lines linewidth 2 linecolor '{}' title 'array, {:.6g} MACs a cycle', ",
                    flat, kBlue, peak);
}

}  // namespace

std::optional<Plot> roofline_plot(const sweep::Results& results) {
  const std::vector<sweep::LayerRow> layers = one_voltage(results.layers);
  std::vector<NamedPoint> points;
  std::vector<std::vector<double>> rows;
  Work total;
  for (const sweep::LayerRow& layer : layers) {
    const Work work = work_of(layer);
    total += work;
    if (!is_placed(work)) continue;
    points.push_back({short_name(layer.name), work.intensity(), work.speed()});
    rows.push_back({work.intensity(), work.speed()});
  }
  if (points.empty()) return {};

  const double peak = results.manifest.peak_macs;
  const double bytes_per_cycle = results.manifest.dram_bytes_per_second *
                                 period_at(results, layers.front().voltage).count() * 1e-12;
  const double ridge = bytes_per_cycle > 0 ? peak / bytes_per_cycle : points.front().x;
  const PlotFrame frame = frame_of(points, peak, ridge);
  // The network's mark is one more point that names must not cover.
  std::vector<NamedPoint> marks = {{"", total.intensity(), total.speed()}};
  marks.insert(marks.end(), points.begin(), points.end());
  const std::vector<LabelSide> sides = place_labels(marks, frame);

  std::string script = preamble(2 * kPlotWidth, kPlotHeight) + data_block("layers", rows) +
                       data_block("total", {{total.intensity(), total.speed()}});
  std::string labels;
  for (const LabelSide side :
       {LabelSide::kRight, LabelSide::kLeft, LabelSide::kAbove, LabelSide::kBelow}) {
    const Labels some =
        labels_on(side, {marks.begin() + 1, marks.end()}, {sides.begin() + 1, sides.end()});
    script += some.block;
    labels += some.element;
  }
  script += fmt::format(
      "set logscale xy\nset xrange [{}:{}]\nset yrange [{}:{}]\nset samples 400\n"
      "set xlabel 'MACs per DRAM byte'\nset ylabel 'MACs per cycle'\n"
      "set key outside top center horizontal Left reverse\nplot {}{}"
      "$layers using 1:2 with points pointtype 7 pointsize 0.6 linecolor '{}' title 'layer', "
      "$total using 1:2 with points pointtype 9 pointsize 1.2 linecolor '#009E73' title "
      "'network'\n",
      frame.left, frame.right, frame.bottom, frame.top, roofs(peak, bytes_per_cycle), labels,
      kBlue);
  return Plot{
      "Roofline",
      "Measured speed against arithmetic intensity at the highest voltage; names where there is "
      "room. The network's point counts layers without MACs too.",
      script, true};
}

}  // namespace brownout::report
