// SPDX-License-Identifier: Apache-2.0
// What one inference did, layer by layer (layer 3): integer event counts and cycles. Energy is
// these counts times a table (energy_model.h), never accumulated on the way.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "memory/chip.h"
#include "memory/dram_channel.h"
#include "memory/sram_group.h"
#include "sim/core/units.h"

namespace brownout::accel {

/// What the accelerator spends a cycle on; every cycle belongs to exactly one.
enum class Activity : std::uint32_t {
  kFill,         ///< array: operands have not reached every element yet
  kCompute,      ///< array: every used element multiplies
  kDrain,        ///< array: the first elements are done, the last are not
  kVector,       ///< vector unit
  kStallIfmap,   ///< waiting for activations from DRAM
  kStallFilter,  ///< waiting for weights from DRAM
  kStallOfmap,   ///< waiting for results to leave for DRAM
  kRailRamp,     ///< waiting for a supply rail to reach its voltage
};
constexpr std::size_t kActivities = 8;

[[nodiscard]] const char* activity_name(Activity activity);

/// One layer's share of a run.
struct LayerStatistics {
  std::array<std::uint64_t, kActivities> cycles{};  ///< by Activity
  memory::PerGroup<memory::AccessCounts> accesses;  ///< words
  std::uint64_t macs = 0;                           ///< products, padding included
  std::uint64_t vector_ops = 0;                     ///< requantisations and element-wise operands
  std::uint64_t dram_read_bytes = 0;
  std::uint64_t dram_write_bytes = 0;
  memory::DramCounts dram_events;

  [[nodiscard]] std::uint64_t& at(Activity a) { return cycles[static_cast<std::size_t>(a)]; }
  [[nodiscard]] std::uint64_t at(Activity a) const { return cycles[static_cast<std::size_t>(a)]; }
  [[nodiscard]] Cycles total_cycles() const;
  LayerStatistics& operator+=(const LayerStatistics& other);
  friend bool operator==(const LayerStatistics& a, const LayerStatistics& b);
  friend bool operator!=(const LayerStatistics& a, const LayerStatistics& b) { return !(a == b); }
};

/// Layers are the graph's nodes, in order.
struct RunStatistics {
  std::vector<std::string> names;
  std::vector<LayerStatistics> layers;

  [[nodiscard]] LayerStatistics total() const;
};

/// Name, unit and one-line description of an integer statistic.
struct StatisticInfo {
  std::string name;
  std::string unit;
  std::string description;
};

/// Every integer of `layer` with its description, in a fixed order: what tables, CSV files and
/// comparisons iterate over.
[[nodiscard]] std::vector<std::pair<StatisticInfo, std::uint64_t>> walk(
    const LayerStatistics& layer);

}  // namespace brownout::accel
