// SPDX-License-Identifier: Apache-2.0
#include "sim/report/plots.h"

#include <fmt/format.h>

#include "sim/report/layer_plot.h"
#include "sim/report/plot_style.h"
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

Plot accuracy_plot(const Summary& summary) {
  std::vector<std::vector<double>> chips;
  std::vector<std::vector<double>> voltages;
  for (const VoltageSummary& v : summary.voltages) {
    for (const double accuracy : v.accuracies) chips.push_back({voltage_of(v), accuracy * 100});
    voltages.push_back(
        {voltage_of(v), v.mean * 100, v.deviation * 100, v.lowest * 100, v.highest * 100});
  }
  std::string script = preamble() + data_block("chips", chips) + data_block("v", voltages) +
                       voltage_axis(summary) +
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
      "$chips using 1:2 with points pointtype 7 pointsize 0.25 linecolor "
      "'#6d9dc5' title 'one chip', "
      "$v using 1:2 with linespoints pointtype 7 pointsize 0.5 linewidth 2 "
      "linecolor '{}' title 'mean'\n",
      kBlue);
  return {
      "Accuracy against voltage",
      fmt::format("Share of the first {} test images classified correctly by {}. Dashed: the "
                  "reference point. Above: the share of failing cells at each voltage.",
                  sweep::thousands(summary.voltages.front().any.point.images), chips_text(summary)),
      script, false};
}

Plot energy_plot(const Summary& summary) {
  const auto& first = summary.voltages.front().any;
  const sweep::EnergyUnit unit = sweep::energy_unit(first.total_energy());
  std::vector<std::vector<double>> rows;
  for (const VoltageSummary& v : summary.voltages) {
    std::vector<double> row = {voltage_of(v)};
    double sum = 0;
    for (const auto& [name, energy] : v.any.energies) row.push_back(sum += unit.value(energy));
    rows.push_back(std::move(row));
  }
  std::string script = preamble() + data_block("v", rows) + voltage_axis(summary) +
                       fmt::format(
                           "set ylabel 'energy per image, {}'\nset yrange [0:*]\nset boxwidth {}\n"
                           "set key outside right center vertical Left reverse\nplot ",
                           unit.name, voltage_step(summary) * 0.72);
  // Each box covers the lower part of the one drawn before: from the whole sum downwards.
  for (std::size_t i = first.energies.size(); i-- > 0;) {
    const auto& [name, energy] = first.energies[i];
    if (energy.count() == 0) continue;
    script += fmt::format("$v using 1:{} with boxes linecolor '{}' title {}, ", i + 2,
                          component_color(name), text_constant(sweep::component_label(name)));
  }
  script += "NaN notitle\n";
  return {"Energy per image by component",
          "Event counts of one inference times the energy of each event at its rail's voltage; "
          "components without energy are left out. Only the swept rail's share changes.",
          script, false};
}

bool has_savings(const Summary& summary) {
  const VoltageSummary& first = summary.voltages.front();
  return first.weight_sram_saving.has_value() && first.total_saving.has_value();
}

Plot saving_plot(const Summary& summary) {
  std::vector<std::vector<double>> rows;
  for (const VoltageSummary& v : summary.voltages) {
    rows.push_back({voltage_of(v), *v.weight_sram_saving * 100, *v.total_saving * 100});
  }
  const std::string script =
      preamble() + data_block("v", rows) + voltage_axis(summary) +
      fmt::format(
          "set ylabel 'energy saved, %'\nset key top right Left reverse\n"
          "set yrange [0:*]\nset offsets 0,0,2,0\nplot "
          "$v using 1:2 with linespoints pointtype 7 pointsize 0.5 linewidth 2 linecolor "
          "'{}' title 'weight SRAM', "
          "$v using 1:3 with linespoints pointtype 5 pointsize 0.45 linewidth 2 linecolor "
          "'{}' title 'all components'\n",
          kVermilion, kBlue);
  return {"Energy saved against voltage",
          "Relative to the reference point: access energy of the weight SRAM alone, and of "
          "everything the accelerator and its DRAM spend.",
          script, false};
}

Plot trade_off_plot(const Summary& summary) {
  std::vector<std::vector<double>> rows;
  for (const VoltageSummary& v : summary.voltages) {
    rows.push_back({*v.weight_sram_saving * 100, v.mean * 100, v.deviation * 100, voltage_of(v)});
  }
  const std::string script =
      preamble() + data_block("v", rows) +
      fmt::format(
          "set xlabel 'weight-SRAM energy saved, %'\nset ylabel 'accuracy, %'\n"
          "set yrange [0:104]\nset ytics 0,20,100\nset offsets 2,5,0,0\n"
          "set key bottom left Left reverse\nplot "
          "$v using 1:2:3 with yerrorbars pointtype 7 pointsize 0.4 linewidth 1.2 "
          "linecolor '#8fb6d6' title 'standard deviation over chips', "
          "$v using 1:2 with linespoints pointtype 7 pointsize 0.5 linewidth 2 linecolor "
          "'{}' title 'mean', "
          "$v using 1:2:(sprintf('%.3g', $4)) with labels left offset 0.7,0.6 textcolor "
          "rgb '{}' notitle\n",
          kBlue, kGrey);
  return {"What a saving costs",
          "Accuracy against saved weight-SRAM energy; each point is labelled with its V/Vmin.",
          script, false};
}

}  // namespace

std::vector<Plot> make_plots(const sweep::Results& results, const Summary& summary) {
  std::vector<Plot> plots;
  if (summary.voltages.size() > 1) plots.push_back(accuracy_plot(summary));
  if (!summary.voltages.empty()) plots.push_back(energy_plot(summary));
  if (summary.voltages.size() > 1 && has_savings(summary)) {
    plots.push_back(saving_plot(summary));
    plots.push_back(trade_off_plot(summary));
  }
  if (!results.layers.empty()) plots.push_back(layer_plot(results));
  return plots;
}

}  // namespace brownout::report
