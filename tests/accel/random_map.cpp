// SPDX-License-Identifier: Apache-2.0
#include "tests/accel/random_map.h"

#include <random>
#include <set>
#include <utility>
#include <vector>

#include "accel/fault_rates.h"

namespace brownout::accel {
namespace {

using memory::FaultMap;
using memory::GroupId;
using memory::MapConfig;
using memory::MapFault;
using memory::MapGeometry;
using memory::MapLevel;
using memory::ReadsAs;

constexpr int kSteps = 21;  // scenarios have 0.80, 0.81, ... 1.00 Vmin

double voltage_of(int step) { return 0.8 + 0.01 * step; }

MapConfig config_of(FaultMap map) {
  MapConfig config{std::move(map), memory::UnknownDirection::kFlipped, {}, {}, VminRatio(1)};
  config.buffers = {GroupId::kIfmap, GroupId::kFilter, GroupId::kOfmap};
  for (const MapLevel& level : config.map.levels()) config.voltages.emplace_back(level.voltage);
  return config;
}

}  // namespace

MapConfig random_map(const Machine& machine, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto roll = [&](std::uint64_t below) { return random() % below; };
  const auto buffers = machine.geometry();
  std::uint32_t needed = 0;
  for (const GroupId group : memory::kGroups) needed += buffers[group].macros();
  const auto down = static_cast<std::uint32_t>(1 + roll(3));
  const auto across = static_cast<std::uint32_t>(1 + roll(3));
  const memory::MacroGeometry macro = machine.memory.macro;
  const auto blocks = static_cast<std::uint32_t>(needed / (down * across) + 1 + roll(4));
  const MapGeometry geometry{blocks, macro.rows * down, macro.word_bits * across};
  std::vector<MapLevel> levels;
  for (int step = 0; step < kSteps; ++step) {
    MapLevel level{voltage_of(step), roll(2) == 0 ? 0U : 10U, {}};
    const std::uint64_t faults =
        geometry.cells() / 40 * static_cast<std::uint64_t>(kSteps - step) / kSteps;
    std::set<std::uint32_t> cells;
    while (cells.size() < faults) cells.insert(static_cast<std::uint32_t>(roll(geometry.cells())));
    for (const std::uint32_t cell : cells) {
      const auto failures =
          level.reads == 0 ? 0U : static_cast<std::uint32_t>(roll(2) == 0 ? 10 : 1 + roll(10));
      level.faults.push_back({cell, static_cast<ReadsAs>(roll(3)), failures});
    }
    levels.push_back(std::move(level));
  }
  return config_of(FaultMap("random", geometry, true, std::move(levels)));
}

MapConfig drawn_map(const Scenario& s, std::uint64_t seed) {
  const auto buffers = s.machine.geometry();
  const memory::MacroGeometry macro = s.machine.memory.macro;
  memory::PerGroup<std::uint32_t> first;
  std::uint32_t blocks = 0;
  for (const GroupId group : memory::kGroups) {
    first[group] = blocks;
    blocks += buffers[group].macros();
  }
  const MapGeometry geometry{blocks, macro.rows, macro.word_bits};
  const double highest = s.machine.memory.curve.bit_error_rate(s.machine.memory.curve.lowest());
  const memory::Chip chip(ChipId(seed), buffers, {highest, highest, highest},
                          s.machine.memory.faults);
  std::vector<MapLevel> levels;
  for (int step = 0; step < kSteps; ++step) {
    MapLevel level{voltage_of(step), 0, {}};
    for (const GroupId group : memory::kGroups) {
      const auto rates =
          fault_rates(s.machine, group, VminRatio(level.voltage), s.machine.accelerator.clock);
      for (const memory::WeakCell& cell : chip.failing(group, rates)) {
        const memory::WordLocation at = buffers[group].locate(cell.word);
        const auto number = static_cast<std::uint32_t>(
            geometry.cell({first[group] + at.macro.value(), at.row.value(), cell.bit.value()}));
        level.faults.push_back({number, cell.reads_one ? ReadsAs::kOne : ReadsAs::kZero, 0});
      }
    }
    levels.push_back(std::move(level));
  }
  return config_of(FaultMap("drawn", geometry, true, std::move(levels)));
}

}  // namespace brownout::accel
