// SPDX-License-Identifier: Apache-2.0
#include "memory/validation/sample.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "memory/ibm_random.h"
#include "sim/core/error.h"

namespace brownout::memory::validation {
namespace {

constexpr std::uint32_t kWidestWord = 64;

/// How a map's words lie in macros: wide ones in several, side by side.
struct Lanes {
  std::uint32_t count = 1;
  std::uint32_t bits = kWidestWord;  ///< of a macro's word; cells do not depend on it
};

Lanes lanes_of(std::uint32_t word_bits) {
  for (const std::uint32_t width : {8U, 16U, 32U, kWidestWord}) {
    if (word_bits <= width) return {1, width};
  }
  return {(word_bits + kWidestWord - 1) / kWidestWord, kWidestWord};
}

SramGeometry sram_geometry(const MapGeometry& geometry, const Lanes& lanes) {
  check_geometry(geometry);
  const MacroGeometry macro{geometry.rows, lanes.bits};
  const std::uint64_t macros = std::uint64_t{geometry.blocks} * lanes.count;
  return {macro, Bytes(macros * macro.bytes()), 1};
}

double rate_at(const MemoryConfig& model, double voltage, bool relative_to_vmin) {
  const VminRatio supply = model.ratio({voltage, relative_to_vmin});
  return model.curve.bit_error_rate(supply - model.faults.shift.total());
}

ReadsAs direction_of(const WeakCell& cell) {
  switch (cell.mechanism) {
    case Mechanism::kInvertedRead:
    case Mechanism::kRandomInversion:
    case Mechanism::kWriteFailure:
      return ReadsAs::kUnknown;
    default:
      break;
  }
  return cell.reads_one ? ReadsAs::kOne : ReadsAs::kZero;
}

/// Failed reads of `reads` at the level of this index.
std::uint32_t count_failures(const CellFamily& family, const WeakCell& cell, std::uint32_t reads,
                             std::size_t level) {
  if (!is_random(cell.mechanism)) return reads;
  std::uint32_t failures = 0;
  for (std::uint32_t read = 0; read < reads; ++read) {
    if (fails_access(family, cell, read, static_cast<std::uint32_t>(level))) ++failures;
  }
  return failures;
}

std::vector<MapLevel> cell_levels(const MemoryConfig& model, ChipId chip, const DrawPlan& plan,
                                  const std::vector<double>& rates) {
  const Lanes lanes = lanes_of(plan.geometry.word_bits);
  const SramGeometry geometry = sram_geometry(plan.geometry, lanes);
  const CellFamily family{chip, plan.group};
  const WeakCells weak(family, geometry, *std::max_element(rates.begin(), rates.end()),
                       model.faults);
  std::vector<MapLevel> levels;
  for (std::size_t i = 0; i < rates.size(); ++i) {
    MapLevel level{plan.voltages[i], plan.reads, {}};
    const std::size_t failing = weak.failing(rates[i]);
    level.faults.reserve(failing);
    for (std::size_t f = 0; f < failing; ++f) {
      const WeakCell& cell = weak.cells()[f];
      const WordLocation at = geometry.locate(cell.word);
      const std::uint32_t bit = at.macro.value() % lanes.count * lanes.bits + cell.bit.value();
      if (bit >= plan.geometry.word_bits) continue;
      const std::uint32_t failures = count_failures(family, cell, plan.reads, i);
      if (plan.reads > 0 && failures == 0) continue;
      const CellPlace place{at.macro.value() / lanes.count, at.row.value(), bit};
      level.faults.push_back(
          {static_cast<std::uint32_t>(plan.geometry.cell(place)), direction_of(cell), failures});
    }
    levels.push_back(std::move(level));
  }
  return levels;
}

/// The map that ibm_random lays over a layer's weights.
std::vector<MapLevel> weight_levels(ChipId chip, const DrawPlan& plan,
                                    const std::vector<double>& rates) {
  if (plan.geometry != ibm_random_geometry()) {
    throw InputError(fmt::format("found the geometry {}, allowed with the mapping ibm_random: {}",
                                 plan.geometry.text(), ibm_random_geometry().text()));
  }
  const IbmRandomMap map(chip.value(), *std::max_element(rates.begin(), rates.end()));
  std::vector<MapLevel> levels;
  for (std::size_t i = 0; i < rates.size(); ++i) {
    MapLevel level{plan.voltages[i], plan.reads, {}};
    const std::size_t failing = map.failing(rates[i]);
    for (std::size_t f = 0; f < failing; ++f) {
      const IbmRandomMap::Cell& cell = map.cells()[f];
      level.faults.push_back(
          {cell.byte * 8 + cell.bit, cell.reads_one ? ReadsAs::kOne : ReadsAs::kZero, plan.reads});
    }
    levels.push_back(std::move(level));
  }
  return levels;
}

}  // namespace

MapGeometry ibm_random_geometry() {
  return {1, IbmRandomMap::kRows, IbmRandomMap::kWeightsPerRow * 8};
}

FaultMap draw_map(const MemoryConfig& model, ChipId chip, const DrawPlan& plan) {
  if (model.faults.is_measured(plan.group)) {
    throw InputError(fmt::format(
        "{}: found the measured map {} in place of the {} buffer's model, allowed: a model to draw "
        "from; the map can be given itself",
        model.name, model.faults.map->map.name(), group_name(plan.group)));
  }
  std::vector<double> rates;
  for (const double voltage : plan.voltages) {
    rates.push_back(rate_at(model, voltage, plan.relative_to_vmin));
  }
  const bool by_weight = is_ibm_random(model.faults.mapping) && plan.group == GroupId::kFilter;
  return {fmt::format("{} chip {}", model.name, chip.value()), plan.geometry, plan.relative_to_vmin,
          by_weight ? weight_levels(chip, plan, rates) : cell_levels(model, chip, plan, rates)};
}

Sample sample_map(std::string label, FaultMap map, std::size_t level) {
  std::vector<Profile> chips = {total(block_profiles(map, level))};
  return {std::move(label), false, level, std::move(map), std::move(chips)};
}

Sample draw_sample(const MemoryConfig& model, ChipId first_chip, std::size_t chips,
                   const DrawPlan& plan, std::size_t level, ThreadPool& pool) {
  require(chips > 0, "a sample of a model has chips");
  std::vector<Profile> profiles(chips);
  std::optional<FaultMap> first;
  pool.parallel_for(chips, [&](std::size_t /*worker*/, std::size_t index) {
    FaultMap map = draw_map(model, ChipId(first_chip.value() + index), plan);
    profiles[index] = total(block_profiles(map, level));
    if (index == 0) first = std::move(map);
  });
  return {model.name, true, level, *std::move(first), std::move(profiles)};
}

bool is_drawable(const MemoryConfig& model, const config::SupplyVoltage& supply,
                 const std::string& label) {
  if (!supply.relative_to_vmin && !model.vmin) {
    throw InputError(label +
                     ": found a memory without 'vmin', which voltages in V need; allowed: Vmin");
  }
  const VminRatio ratio(supply.relative_to_vmin ? supply.value
                                                : supply.value / model.vmin->count());
  const auto is_within = [&](VminRatio v) {
    return v >= model.curve.lowest() && v <= model.curve.highest();
  };
  return is_within(ratio) && is_within(ratio - model.faults.shift.total());
}

std::vector<double> voltages_of(const FaultMap& map) {
  std::vector<double> voltages;
  for (const MapLevel& level : map.levels()) voltages.push_back(level.voltage);
  return voltages;
}

}  // namespace brownout::memory::validation
