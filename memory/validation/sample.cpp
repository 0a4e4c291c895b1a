// SPDX-License-Identifier: Apache-2.0
#include "memory/validation/sample.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "sim/core/error.h"

namespace brownout::memory::validation {
namespace {

/// The narrowest word of our memories that holds the map's; cells do not depend on its width.
std::uint32_t model_word_bits(std::uint32_t word_bits) {
  for (const std::uint32_t width : {8U, 16U, 32U, 64U}) {
    if (word_bits <= width) return width;
  }
  throw InputError(
      fmt::format("found words of {} bits, allowed for drawing a model: up to 64", word_bits));
}

SramGeometry sram_geometry(const MapGeometry& geometry) {
  const MacroGeometry macro{geometry.rows, model_word_bits(geometry.word_bits)};
  return {macro, Bytes(geometry.blocks * macro.bytes()), 1};
}

double rate_at(const MemoryConfig& model, double voltage, bool relative_to_vmin) {
  const VminRatio supply = model.ratio({voltage, relative_to_vmin});
  return model.curve.bit_error_rate(supply - model.faults.shift.total());
}

ReadsAs direction_of(const WeakCell& cell) {
  if (cell.mechanism == Mechanism::kInvertedRead || cell.mechanism == Mechanism::kWriteFailure) {
    return ReadsAs::kUnknown;
  }
  return cell.reads_one ? ReadsAs::kOne : ReadsAs::kZero;
}

/// Failed reads of `reads` at the level of this index.
std::uint32_t count_failures(const CellFamily& family, const WeakCell& cell, std::uint32_t reads,
                             std::size_t level) {
  if (cell.mechanism != Mechanism::kRandomRead) return reads;
  std::uint32_t failures = 0;
  for (std::uint32_t read = 0; read < reads; ++read) {
    if (fails_access(family, cell, read, static_cast<std::uint32_t>(level))) ++failures;
  }
  return failures;
}

}  // namespace

FaultMap draw_map(const MemoryConfig& model, ChipId chip, const DrawPlan& plan) {
  const SramGeometry geometry = sram_geometry(plan.geometry);
  std::vector<double> rates;
  for (const double voltage : plan.voltages) {
    rates.push_back(rate_at(model, voltage, plan.relative_to_vmin));
  }
  const double highest = *std::max_element(rates.begin(), rates.end());
  const CellFamily family{chip, plan.group};
  const WeakCells weak(family, geometry, highest, model.faults);
  std::vector<MapLevel> levels;
  for (std::size_t i = 0; i < rates.size(); ++i) {
    MapLevel level{plan.voltages[i], plan.reads, {}};
    const std::size_t failing = weak.failing(rates[i]);
    for (std::size_t f = 0; f < failing; ++f) {
      const WeakCell& cell = weak.cells()[f];
      if (cell.bit.value() >= plan.geometry.word_bits) continue;
      const std::uint32_t failures = count_failures(family, cell, plan.reads, i);
      if (plan.reads > 0 && failures == 0) continue;
      const WordLocation place = geometry.locate(cell.word);
      level.faults.push_back({static_cast<std::uint32_t>(plan.geometry.cell(
                                  {place.macro.value(), place.row.value(), cell.bit.value()})),
                              direction_of(cell), failures});
    }
    levels.push_back(std::move(level));
  }
  return {fmt::format("{} chip {}", model.name, chip.value()), plan.geometry, plan.relative_to_vmin,
          std::move(levels)};
}

Sample draw_sample(const MemoryConfig& model, ChipId first_chip, std::size_t chips,
                   const DrawPlan& plan, ThreadPool& pool) {
  std::vector<std::optional<FaultMap>> drawn(chips);
  pool.parallel_for(chips, [&](std::size_t /*worker*/, std::size_t index) {
    drawn[index] = draw_map(model, ChipId(first_chip.value() + index), plan);
  });
  Sample sample{model.name, true, {}};
  for (auto& chip : drawn) sample.chips.push_back(*std::move(chip));
  return sample;
}

std::vector<std::size_t> levels_within(const FaultMap& map, const MemoryConfig& model) {
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < map.levels().size(); ++i) {
    const double voltage = map.levels()[i].voltage;
    if (!map.relative_to_vmin() && !model.vmin) {
      throw InputError(fmt::format(
          "{}: found voltages in V, allowed with the memory '{}', which has no Vmin in volts: Vmin",
          map.name(), model.name));
    }
    const VminRatio ratio =
        VminRatio(map.relative_to_vmin() ? voltage : voltage / model.vmin->count()) -
        model.faults.shift.total();
    if (ratio >= model.curve.lowest() && ratio <= model.curve.highest()) positions.push_back(i);
  }
  return positions;
}

std::vector<double> voltages_of(const FaultMap& map) {
  std::vector<double> voltages;
  for (const MapLevel& level : map.levels()) voltages.push_back(level.voltage);
  return voltages;
}

}  // namespace brownout::memory::validation
