// SPDX-License-Identifier: Apache-2.0
#include "sim/report/layer_plot.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/report/plot_style.h"
#include "sim/sweep/wording.h"

namespace brownout::report {
namespace {

constexpr int kRowHeight = 24;
constexpr int kFrameHeight = 110;
constexpr std::size_t kLongestName = 36;

/// Positions of the cycle counts among the statistics.
std::vector<std::size_t> activities_of(const std::vector<sweep::LayerRow>& layers) {
  std::vector<std::size_t> activities;
  const auto& statistics = layers.front().statistics;
  for (std::size_t i = 0; i < statistics.size(); ++i) {
    const bool is_time = statistics[i].first.rfind("cycles_", 0) == 0;
    const bool happens = std::any_of(layers.begin(), layers.end(), [&](const sweep::LayerRow& row) {
      return row.statistics[i].second > 0;
    });
    if (is_time && happens) activities.push_back(i);
  }
  return activities;
}

}  // namespace

std::vector<sweep::LayerRow> one_voltage(const std::vector<sweep::LayerRow>& layers) {
  std::vector<sweep::LayerRow> some;
  for (const sweep::LayerRow& row : layers) {
    if (row.voltage == layers.front().voltage) some.push_back(row);
  }
  return some;
}

std::string short_name(const std::string& name) {
  if (name.size() <= kLongestName) return name;
  const std::size_t half = kLongestName / 2 - 1;
  return name.substr(0, half) + ".." + name.substr(name.size() - half);
}

Picoseconds period_at(const sweep::Results& results, VminRatio voltage) {
  for (const sweep::PointResult& result : results.points) {
    if (result.point.voltage != voltage || result.cycles.count() == 0) continue;
    return result.time * (1 / static_cast<double>(result.cycles.count()));
  }
  return duration(Cycles(1), Hertz(results.manifest.clock_hz));
}

Plot layer_plot(const sweep::Results& results) {
  const std::vector<sweep::LayerRow> layers = one_voltage(results.layers);
  const std::vector<std::size_t> activities = activities_of(layers);
  const double microseconds_per_cycle = period_at(results, layers.front().voltage).count() * 1e-6;
  std::vector<std::vector<double>> rows;
  std::vector<std::string> tics;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const auto height = static_cast<double>(layers.size() - i);
    tics.push_back(tic(short_name(layers[i].name), height));
    std::vector<double> row = {height};
    double sum = 0;
    for (const std::size_t activity : activities) {
      row.push_back(sum);
      sum += static_cast<double>(layers[i].statistics[activity].second) * microseconds_per_cycle;
      row.push_back(sum);
    }
    rows.push_back(std::move(row));
  }
  const auto count = static_cast<int>(layers.size());
  std::string script =
      preamble(2 * kPlotWidth, kFrameHeight + kRowHeight * count) + data_block("layers", rows) +
      fmt::format(
          "unset grid\nset grid xtics linetype 1 linecolor '#e6eaef' linewidth 1\n"
          "set xlabel 'time, µs'\nset yrange [0.3:{}]\nset xrange [0:*]\n"
          "set ytics scale 0 ({})\nset key outside top center horizontal Left reverse\n"
          "plot ",
          count + 0.7, fmt::join(tics, ", "));
  for (std::size_t i = 0; i < activities.size(); ++i) {
    const std::string& statistic = layers.front().statistics[activities[i]].first;
    // Columns of boxxyerror: x, y, and the box's left, right, lower and upper side.
    script += fmt::format(
        "$layers using {0}:1:{0}:{1}:($1-0.36):($1+0.36) with boxxyerror "
        "linecolor '{2}' title {3}, ",
        2 * i + 2, 2 * i + 3, activity_color(statistic),
        text_constant(sweep::activity_label(statistic)));
  }
  script += "NaN notitle\n";
  return {"Time of each layer",
          "From the cycle engine, in the order of execution; every cycle belongs to one activity. "
          "At the highest voltage; timing depends neither on the data nor on failing cells.",
          script, true};
}

}  // namespace brownout::report
