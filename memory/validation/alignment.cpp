// SPDX-License-Identifier: Apache-2.0
#include "memory/validation/alignment.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "sim/core/error.h"

namespace brownout::memory::validation {
namespace {

/// Voltages of both sides in one unit.
struct Grid {
  bool relative_to_vmin = true;
  std::vector<double> voltages;  ///< falling
};

const char* unit_of(bool relative_to_vmin) { return relative_to_vmin ? "Vmin" : "V"; }

/// Written voltages of different origin, 540 mV and 0.54 V, are the same.
bool is_same(double a, double b) { return std::abs(a - b) <= 1e-9 * std::max(a, b); }

bool contains(const std::vector<double>& voltages, double voltage) {
  return std::any_of(voltages.begin(), voltages.end(),
                     [&](double v) { return is_same(v, voltage); });
}

std::string list(const Grid& grid) {
  return fmt::format("{} {}", fmt::join(grid.voltages, ", "), unit_of(grid.relative_to_vmin));
}

Grid grid_of(const FaultMap& map) { return {map.relative_to_vmin(), voltages_of(map)}; }

/// The points of the model's curve.
Grid grid_of(const MemoryConfig& model) {
  Grid grid;
  for (const CurvePoint& point : model.curve.points()) {
    const config::SupplyVoltage voltage{point.voltage.count(), true};
    if (is_drawable(model, voltage, model.name)) grid.voltages.push_back(voltage.value);
  }
  std::reverse(grid.voltages.begin(), grid.voltages.end());
  return grid;
}

Grid grid_of(const Subject& subject) {
  return subject.map() != nullptr ? grid_of(*subject.map()) : grid_of(*subject.model());
}

std::string span_of(const Subject& subject) {
  if (subject.map() != nullptr) return list(grid_of(*subject.map()));
  const VoltageCurve& curve = subject.model()->curve;
  return fmt::format("{} to {} Vmin", curve.lowest().count(), curve.highest().count());
}

/// Those of `grid` that `subject` has, or can be drawn at.
Grid common(const Grid& grid, const Subject& subject) {
  Grid result{grid.relative_to_vmin, {}};
  const FaultMap* map = subject.map();
  if (map != nullptr && map->relative_to_vmin() != grid.relative_to_vmin) {
    throw InputError(fmt::format("{}: found voltages in {}, allowed beside the other side: {}",
                                 subject.label, map->unit(), unit_of(grid.relative_to_vmin)));
  }
  for (const double voltage : grid.voltages) {
    if (map != nullptr
            ? contains(voltages_of(*map), voltage)
            : is_drawable(*subject.model(), {voltage, grid.relative_to_vmin}, subject.label)) {
      result.voltages.push_back(voltage);
    }
  }
  if (result.voltages.empty()) {
    throw InputError(fmt::format("{}: found none of {}, allowed: one or more of {}", subject.label,
                                 list(grid), span_of(subject)));
  }
  return result;
}

/// The map at the voltages of `grid` only, and exactly those numbers.
FaultMap at_grid(const FaultMap& map, const Grid& grid) {
  std::vector<MapLevel> levels;
  for (const MapLevel& level : map.levels()) {
    const auto same = std::find_if(grid.voltages.begin(), grid.voltages.end(),
                                   [&](double v) { return is_same(v, level.voltage); });
    if (same == grid.voltages.end()) continue;
    levels.push_back(level);
    levels.back().voltage = *same;
  }
  return {map.name(), map.geometry(), map.relative_to_vmin(), std::move(levels)};
}

std::size_t level_of(const Grid& grid, const std::optional<config::SupplyVoltage>& level) {
  if (!level) return grid.voltages.size() - 1;
  if (level->relative_to_vmin == grid.relative_to_vmin) {
    for (std::size_t i = 0; i < grid.voltages.size(); ++i) {
      if (is_same(grid.voltages[i], level->value)) return i;
    }
  }
  throw InputError(fmt::format("--level: found {} {}, allowed: {}", level->value,
                               unit_of(level->relative_to_vmin), list(grid)));
}

/// What models are drawn at, where a map says how often it was read.
DrawPlan plan_of(const Grid& grid, const FaultMap* map, const Alignment& how, std::size_t level) {
  DrawPlan plan;
  plan.relative_to_vmin = grid.relative_to_vmin;
  plan.voltages = grid.voltages;
  plan.group = how.group;
  if (map != nullptr) {
    plan.geometry = map->geometry();
    plan.reads = map->levels()[level].reads;
  }
  return plan;
}

}  // namespace

std::size_t level_of(const FaultMap& map, const config::SupplyVoltage& level) {
  return level_of(grid_of(map), level);
}

MapGeometry default_geometry(const MemoryConfig& model, GroupId group) {
  if (is_ibm_random(model.faults.mapping) && group == GroupId::kFilter) {
    return ibm_random_geometry();
  }
  return {kDrawnMacros, model.macro.rows, model.macro.word_bits};
}

std::vector<double> falling_voltages(const std::vector<config::SupplyVoltage>& voltages,
                                     bool& relative_to_vmin) {
  std::vector<double> values;
  for (const config::SupplyVoltage& voltage : voltages) {
    if (values.empty()) relative_to_vmin = voltage.relative_to_vmin;
    if (voltage.relative_to_vmin != relative_to_vmin) {
      throw InputError("--voltages: found V and Vmin, allowed: one of them");
    }
    if (contains(values, voltage.value)) {
      throw InputError(fmt::format("--voltages: found {} {} twice, allowed: once", voltage.value,
                                   unit_of(relative_to_vmin)));
    }
    values.push_back(voltage.value);
  }
  std::sort(values.begin(), values.end(), std::greater<>());
  return values;
}

Aligned align(const Subject& a, const Subject& b, const Alignment& how, ThreadPool& pool) {
  // A map says what a model beside it is drawn at.
  const Subject& leader = a.map() == nullptr && b.map() != nullptr ? b : a;
  Grid wanted = grid_of(leader);
  if (!how.voltages.empty()) {
    wanted.voltages = falling_voltages(how.voltages, wanted.relative_to_vmin);
  }
  Grid grid = common(wanted, leader);
  grid = common(grid, &leader == &a ? b : a);
  const std::size_t level = level_of(grid, how.level);
  std::optional<FaultMap> map;
  if (leader.map() != nullptr) map = at_grid(*leader.map(), grid);
  DrawPlan plan = plan_of(grid, map ? &*map : nullptr, how, level);
  if (!map) plan.geometry = how.geometry.value_or(default_geometry(*leader.model(), how.group));
  std::uint64_t next_chip = how.first_chip.value();
  const auto sample = [&](const Subject& subject) {
    if (subject.map() != nullptr) {
      return sample_map(subject.label, at_grid(*subject.map(), grid), level);
    }
    Sample drawn = draw_sample(*subject.model(), ChipId(next_chip), how.chips, plan, level, pool);
    drawn.label = subject.label;
    next_chip += how.chips;
    return drawn;
  };
  Sample first = sample(a);
  Aligned aligned{std::move(first), sample(b), {}};
  for (const double voltage : wanted.voltages) {
    if (!contains(grid.voltages, voltage)) aligned.left_out.push_back(voltage);
  }
  return aligned;
}

Sample align_one(const Subject& subject, const Alignment& how, ThreadPool& pool) {
  Grid grid = grid_of(subject);
  if (!how.voltages.empty()) {
    grid.voltages = falling_voltages(how.voltages, grid.relative_to_vmin);
    grid = common(grid, subject);
  }
  const std::size_t level = level_of(grid, how.level);
  if (subject.map() != nullptr) {
    return sample_map(subject.label, at_grid(*subject.map(), grid), level);
  }
  DrawPlan plan = plan_of(grid, nullptr, how, level);
  plan.geometry = how.geometry.value_or(default_geometry(*subject.model(), how.group));
  Sample drawn = draw_sample(*subject.model(), how.first_chip, 1, plan, level, pool);
  drawn.label = subject.label;
  return drawn;
}

}  // namespace brownout::memory::validation
