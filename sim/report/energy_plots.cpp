// SPDX-License-Identifier: Apache-2.0
#include "sim/report/energy_plots.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "sim/report/plot_style.h"
#include "sim/sweep/wording.h"

namespace brownout::report {
namespace {

using sweep::Summary;
using sweep::VoltageSummary;

constexpr const char* kOffChip = "dram";

/// Components that have energy and are asked for.
std::vector<std::string> components_of(const Summary& summary, bool with_dram) {
  std::vector<std::string> components;
  for (const auto& [name, energy] : summary.voltages.front().any.energies) {
    if (energy.count() > 0 && (with_dram || name != kOffChip)) components.push_back(name);
  }
  return components;
}

Picojoules sum_of(const VoltageSummary& voltage, const std::vector<std::string>& components) {
  Picojoules sum;
  for (const std::string& name : components) sum += sweep::energy_of(voltage.any.energies, name);
  return sum;
}

/// Boxes of the components' running sums.
std::string stack(const Summary& summary, const std::vector<std::string>& components) {
  const sweep::EnergyUnit unit = sweep::energy_unit(sum_of(summary.voltages.front(), components));
  std::vector<std::vector<double>> rows;
  for (const VoltageSummary& v : summary.voltages) {
    std::vector<double> row = {v.any.point.voltage.count()};
    double sum = 0;
    for (const std::string& name : components) {
      row.push_back(sum += unit.value(sweep::energy_of(v.any.energies, name)));
    }
    rows.push_back(std::move(row));
  }
  std::string script =
      preamble() + data_block("v", rows) + voltage_axis(summary) +
      fmt::format(
          "set ylabel {}\nset yrange [0:*]\nset boxwidth {}\n"
          "set key outside right center vertical Left reverse\nplot ",
          text_constant(with_micro(fmt::format("energy per image, {}", unit.name))),
          voltage_step(summary) * 0.72);
  // Each box covers the lower part of the one drawn before: from the whole sum downwards.
  for (std::size_t i = components.size(); i-- > 0;) {
    script += fmt::format("$v using 1:{} with boxes linecolor '{}' title {}, ", i + 2,
                          component_color(components[i]),
                          text_constant(sweep::component_label(components[i])));
  }
  return script + "NaN notitle\n";
}

}  // namespace

std::optional<Plot> energy_plot(const Summary& summary, bool with_dram) {
  const std::vector<std::string> components = components_of(summary, with_dram);
  if (components.empty()) return {};
  if (!with_dram) {
    return Plot{"The same without DRAM", "What the accelerator itself spends.",
                stack(summary, components), false};
  }
  return Plot{"Energy per image by component",
              "Event counts of one inference times the energy of each event at its rail's voltage; "
              "components without energy are left out.",
              stack(summary, components), false};
}

Plot saving_plot(const Summary& summary) {
  std::vector<std::vector<double>> rows;
  double least = 0;  // a generator may cost more than is saved
  for (const VoltageSummary& v : summary.voltages) {
    std::vector<double> row = {v.any.point.voltage.count()};
    for (const sweep::Saving& saving : v.savings) {
      row.push_back(saving.share * 100);
      least = std::min(least, row.back());
    }
    rows.push_back(std::move(row));
  }
  std::string script =
      preamble() + data_block("v", rows) + voltage_axis(summary) +
      "set ylabel 'energy saved, %'\nset key top right Left reverse\n" +
      fmt::format("set yrange [{}:*]\nset offsets 0,0,2,0\nplot ", least < 0 ? "*" : "0");
  const std::array<const char*, 4> colors = {kVermilion, "#E69F00", kBlue, "#009E73"};
  const auto& savings = summary.voltages.front().savings;
  for (std::size_t i = 0; i < savings.size(); ++i) {
    script += fmt::format(
        "$v using 1:{} with linespoints pointtype 7 pointsize 0.5 linewidth 2 "
        "linecolor '{}' title '{}', ",
        i + 2, colors.at(i), savings[i].of);
  }
  return {"Energy saved against voltage",
          "Relative to the reference point: access energy of the weight SRAM, of all three "
          "buffers, and all energy including DRAM.",
          script + "NaN notitle\n", false};
}

Plot trade_off_plot(const Summary& summary) {
  const std::size_t main = sweep::main_saving(summary);
  const char* of = summary.voltages.front().savings[main].of;
  std::vector<std::vector<double>> rows;
  double most = 0;
  double least = 0;
  for (const VoltageSummary& v : summary.voltages) {
    const double saved = v.savings[main].share * 100;
    rows.push_back({saved, v.mean * 100, v.deviation * 100, v.any.point.voltage.count()});
    most = std::max(most, saved);
    least = std::min(least, saved);
  }
  const double room = most > least ? most - least : 1;
  const std::string script =
      preamble() + data_block("v", rows) +
      fmt::format(
          "set xlabel 'energy saved ({}), %'\nset ylabel 'accuracy, %'\n"
          "set xrange [{}:{}]\nset yrange [0:105]\nset ytics 0,20,100\n"
          "set key bottom left Left reverse\nplot "
          "$v using 1:2:3 with yerrorbars pointtype 7 pointsize 0.4 linewidth 1.2 "
          "linecolor '#8fb6d6' title 'standard deviation over chips', "
          "$v using 1:2 with linespoints pointtype 7 pointsize 0.5 linewidth 2 linecolor "
          "'{}' title 'mean', "
          "$v using 1:2:(sprintf('%.3g', $4)) with labels left offset 0.7,0.7 textcolor "
          "rgb '{}' notitle\n",
          of, least - 0.04 * room, least + 1.12 * room, kBlue, kGrey);
  return {"What a saving costs",
          fmt::format("Accuracy against saved energy ({}); each point is labelled with its V/Vmin.",
                      of),
          script, false};
}

}  // namespace brownout::report
