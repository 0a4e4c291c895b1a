// SPDX-License-Identifier: Apache-2.0
#include "sim/report/plots.h"

#include <fmt/format.h>

#include <utility>

#include "sim/report/energy_plots.h"
#include "sim/report/layer_plot.h"
#include "sim/report/plot_style.h"
#include "sim/report/roofline_plot.h"
#include "sim/sweep/wording.h"

namespace brownout::report {
namespace {

using sweep::Summary;
using sweep::VoltageSummary;

double voltage_of(const VoltageSummary& voltage) { return voltage.any.point.voltage.count(); }

std::string chips_text(const Summary& summary) {
  const std::size_t chips = summary.voltages.front().accuracies.size();
  return fmt::format("{} chip{}", chips, chips == 1 ? "" : "s");
}

std::string reference_images(const Summary& summary) {
  return summary.nominal ? sweep::thousands(summary.nominal->point.images) : "no";
}

Plot accuracy_plot(const Summary& summary) {
  std::vector<std::vector<double>> chips;
  std::vector<std::vector<double>> voltages;
  for (const VoltageSummary& v : summary.voltages) {
    for (const double accuracy : v.accuracies) chips.push_back({voltage_of(v), accuracy * 100});
    voltages.push_back(
        {voltage_of(v), v.mean * 100, v.deviation * 100, v.lowest * 100, v.highest * 100});
  }
  std::string script = preamble() + data_block("chips", chips) + data_block("v", voltages) +
                       voltage_axis(summary) + rate_axis(summary) +
                       "set ylabel 'accuracy, %'\nset yrange [0:100]\nset key bottom right Left "
                       "reverse invert\nplot "
                       "$v using 1:4:5 with filledcurves linecolor '#e3edf5' title 'best to worst "
                       "chip', "
                       "$v using 1:($2-$3):($2+$3) with filledcurves linecolor '#bfd7ea' title "
                       "'mean ± standard deviation', ";
  if (summary.nominal) {
    script += fmt::format(
        "{} with lines dashtype 2 linewidth 1.2 linecolor '{}' title "
        "'reference', ",
        summary.nominal->accuracy() * 100, kGrey);
  }
  script += fmt::format(
      "$chips using 1:2 with points pointtype 7 pointsize 0.35 linecolor "
      "'#6d9dc5' title 'one chip', "
      "$v using 1:2 with linespoints pointtype 7 pointsize 0.5 linewidth 2 "
      "linecolor '{}' title 'mean'\n",
      kBlue);
  return {
      "Accuracy against voltage",
      fmt::format("Share of the first {} images classified correctly by {}. Dashed: the reference "
                  "point, on {} images. Above: the share of failing cells at each voltage.",
                  sweep::thousands(summary.voltages.front().any.point.images), chips_text(summary),
                  reference_images(summary)),
      script, false};
}

Plot rate_plot(const Summary& summary) {
  std::string script = preamble();
  std::string lines;
  for (const memory::GroupId group : sweep::faulty_groups(summary)) {
    const char* label = sweep::buffer_label(group);
    std::vector<std::vector<double>> rows;
    for (const VoltageSummary& v : summary.voltages) {
      const double rate = v.any.bit_error_rates[group];
      if (rate > 0) rows.push_back({voltage_of(v), rate});
    }
    script += data_block(label, rows);
    lines += fmt::format(
        "${0} using 1:2 with linespoints pointtype 7 pointsize 0.5 linewidth 2 "
        "linecolor '{1}' title '{0}', ",
        label, buffer_color(group));
  }
  script += voltage_axis(summary) +
            "set ylabel 'share of failing cells'\nset logscale y\nset format y '1e%T'\n"
            "set yrange [*:1]\nset key bottom left Left reverse\nplot " +
            lines + "NaN notitle\n";
  return {"Bit-error rate against voltage",
          "Share of the buffer's cells that fail, from the memory's measured curve; voltages "
          "without failing cells are left out.",
          script, false};
}

bool has_faults(const Summary& summary) {
  return summary.voltages.back().any.bit_error_rates[sweep::main_group(summary)] > 0;
}

}  // namespace

std::vector<Plot> make_plots(const sweep::Results& results, const Summary& summary) {
  std::vector<Plot> plots;
  const bool over_voltage = summary.voltages.size() > 1;
  const bool savings = over_voltage && !summary.voltages.front().savings.empty();
  if (over_voltage) plots.push_back(accuracy_plot(summary));
  if (savings) plots.push_back(trade_off_plot(summary));
  if (over_voltage && has_faults(summary)) plots.push_back(rate_plot(summary));
  if (savings) plots.push_back(saving_plot(summary));
  if (!summary.voltages.empty()) {
    for (const bool with_dram : {true, false}) {
      if (auto plot = energy_plot(summary, with_dram)) plots.push_back(*std::move(plot));
    }
  }
  if (!results.layers.empty()) {
    plots.push_back(layer_plot(results));
    if (auto plot = roofline_plot(results)) plots.push_back(*std::move(plot));
  }
  return plots;
}

}  // namespace brownout::report
