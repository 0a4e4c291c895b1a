// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/variant_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sim/sweep/text_table.h"
#include "sim/sweep/wording.h"

namespace brownout::sweep {
namespace {

std::string accuracy_table(const std::vector<VariantCurve>& curves) {
  std::set<VminRatio> voltages;
  for (const VariantCurve& curve : curves) {
    for (const VariantPoint* p : curve.points) voltages.insert(p->voltage);
  }
  std::vector<TextColumn> titles = {{"", "variant", true}};
  for (auto v = voltages.rbegin(); v != voltages.rend(); ++v) {
    titles.push_back({"accuracy, %, mean over chips at V/Vmin", fmt::format("{:.4f}", v->count())});
  }
  TextTable table(std::move(titles));
  for (const VariantCurve& curve : curves) {
    std::vector<std::string> cells = {curve.name};
    for (auto v = voltages.rbegin(); v != voltages.rend(); ++v) {
      const auto at = std::find_if(curve.points.begin(), curve.points.end(),
                                   [&](const VariantPoint* p) { return p->voltage == *v; });
      cells.push_back(at == curve.points.end() ? "-" : percent((*at)->mean, 2));
    }
    table.add_row(std::move(cells));
  }
  return table.text();
}

/// `now` over `then` as a change in percent.
std::string change(double now, double then) {
  return then == 0 ? "-" : fmt::format("{:+.1f}", (now / then - 1) * 100);
}

std::string cost_table(const std::vector<VariantCurve>& curves) {
  constexpr double kLoss = 0.01;
  const VariantCurve& first = curves.front();
  TextTable table(
      {{"", "variant", true},
       {"against " + first.name + ", both at the reference voltage", "cells, %"},
       {"against " + first.name + ", both at the reference voltage", "cycles, %"},
       {"against " + first.name + ", both at the reference voltage", "buffer energy, %"},
       {"cheapest point losing under 1 point of accuracy", "V/Vmin"},
       {"cheapest point losing under 1 point of accuracy", "accuracy, %"},
       {"cheapest point losing under 1 point of accuracy", "buffer energy, %"},
       {"cheapest point losing under 1 point of accuracy", "all energy, %"}});
  for (const VariantCurve& curve : curves) {
    std::vector<std::string> cells = {curve.name, "-", "-", "-", "-", "-", "-", "-"};
    const VariantPoint* then = first.reference;
    if (then != nullptr && curve.reference != nullptr) {
      const VariantPoint& now = *curve.reference;
      cells[1] =
          change(static_cast<double>(now.buffer_bits), static_cast<double>(then->buffer_bits));
      cells[2] = change(static_cast<double>(now.cycles.count()),
                        static_cast<double>(then->cycles.count()));
      cells[3] = change(now.buffers.count(), then->buffers.count());
    }
    if (const VariantPoint* best = cheapest(curve, first, kLoss)) {
      cells[4] = fmt::format("{:.4f}", best->voltage.count());
      cells[5] = percent(best->mean, 2);
      cells[6] = change(best->buffers.count(), then->buffers.count());
      cells[7] = change(best->energy.count(), then->energy.count());
    }
    table.add_row(std::move(cells));
  }
  return table.text();
}

std::string equal_energy_table(const std::vector<VariantPoint>& points) {
  const EnergyOf energy = &VariantPoint::energy;
  const std::vector<Picojoules> budgets = energy_budgets(points, energy, kShownBudgets);
  if (budgets.empty()) return "";
  const EnergyUnit unit = energy_unit(budgets.back());
  const std::string group =
      fmt::format("best accuracy, %, within {} an image ({} highest)", unit.name, kBestMark);
  std::vector<TextColumn> titles = {{"", "variant", true}};
  for (const Picojoules budget : budgets) titles.push_back({group, unit.text(budget)});
  TextTable table(std::move(titles));
  for (auto& row : equal_energy_rows(points, budgets, energy)) table.add_row(std::move(row));
  return table.text();
}

}  // namespace

std::vector<std::vector<std::string>> equal_energy_rows(const std::vector<VariantPoint>& points,
                                                        const std::vector<Picojoules>& budgets,
                                                        EnergyOf energy) {
  const std::vector<VariantCurve> curves = curves_of(points);
  std::vector<std::vector<std::string>> rows;
  rows.reserve(curves.size());
  for (const VariantCurve& curve : curves) rows.push_back({curve.name});
  for (const Picojoules budget : budgets) {
    double highest = 0;
    for (const VariantCurve& curve : curves) {
      const VariantPoint* best = best_within(curve, budget, energy);
      if (best != nullptr) highest = std::max(highest, best->mean);
    }
    for (std::size_t i = 0; i < curves.size(); ++i) {
      const VariantPoint* best = best_within(curves[i], budget, energy);
      const char* mark = best != nullptr && best->mean == highest ? kBestMark : "";
      rows[i].push_back(best == nullptr ? "-" : percent(best->mean, 2) + mark);
    }
  }
  return rows;
}

std::string variants_text(const std::vector<VariantPoint>& points) {
  const std::vector<VariantCurve> curves = curves_of(points);
  if (curves.empty()) return "";
  return accuracy_table(curves) + "\n" + cost_table(curves) + "\n" + equal_energy_table(points);
}

}  // namespace brownout::sweep
