// SPDX-License-Identifier: Apache-2.0
#include "accel/run_statistics.h"

#include <numeric>
#include <utility>

namespace brownout::accel {
namespace {

using memory::GroupId;
using memory::kGroups;

constexpr std::array<const char*, kActivities> kActivityNames = {
    "fill",        "compute",      "drain",       "vector",
    "stall_ifmap", "stall_filter", "stall_ofmap", "rail_ramp"};

constexpr std::array<const char*, kActivities> kActivityDescriptions = {
    "array filling: operands have not reached every element yet",
    "array with every used element multiplying",
    "array draining: the first elements are done, the last are not",
    "vector unit at work",
    "waiting for activations from DRAM",
    "waiting for weights from DRAM",
    "waiting for results to leave for DRAM",
    "waiting for a supply rail to reach its voltage"};

}  // namespace

const char* activity_name(Activity activity) {
  return kActivityNames.at(static_cast<std::size_t>(activity));
}

Cycles LayerStatistics::total_cycles() const {
  return Cycles(std::accumulate(cycles.begin(), cycles.end(), std::uint64_t{0}));
}

LayerStatistics& LayerStatistics::operator+=(const LayerStatistics& other) {
  for (std::size_t i = 0; i < kActivities; ++i) cycles[i] += other.cycles[i];
  for (const GroupId group : kGroups) accesses[group] += other.accesses[group];
  macs += other.macs;
  vector_ops += other.vector_ops;
  dram_read_bytes += other.dram_read_bytes;
  dram_write_bytes += other.dram_write_bytes;
  dram_events += other.dram_events;
  return *this;
}

bool operator==(const LayerStatistics& a, const LayerStatistics& b) {
  return a.cycles == b.cycles && a.accesses == b.accesses && a.macs == b.macs &&
         a.vector_ops == b.vector_ops && a.dram_read_bytes == b.dram_read_bytes &&
         a.dram_write_bytes == b.dram_write_bytes && a.dram_events == b.dram_events;
}

LayerStatistics RunStatistics::total() const {
  LayerStatistics sum;
  for (const LayerStatistics& layer : layers) sum += layer;
  return sum;
}

std::vector<std::pair<StatisticInfo, std::uint64_t>> walk(const LayerStatistics& layer) {
  std::vector<std::pair<StatisticInfo, std::uint64_t>> entries;
  for (std::size_t i = 0; i < kActivities; ++i) {
    entries.push_back(
        {{std::string("cycles_") + kActivityNames[i], "cycles", kActivityDescriptions[i]},
         layer.cycles[i]});
  }
  for (const GroupId group : kGroups) {
    const std::string name = memory::group_name(group);
    entries.push_back({{name + "_reads", "words", "words read from the " + name + " buffer"},
                       layer.accesses[group].reads});
    entries.push_back({{name + "_writes", "words", "words written to the " + name + " buffer"},
                       layer.accesses[group].writes});
  }
  entries.push_back({{"macs", "MACs", "multiply-accumulates, padding included"}, layer.macs});
  entries.push_back({{"vector_ops", "operations", "requantisations and element-wise operands"},
                     layer.vector_ops});
  entries.push_back({{"dram_read", "bytes", "bytes read from DRAM, in whole buffer words"},
                     layer.dram_read_bytes});
  entries.push_back({{"dram_written", "bytes", "bytes written to DRAM"}, layer.dram_write_bytes});
  const memory::DramCounts& events = layer.dram_events;
  entries.push_back({{"dram_bursts", "bursts", "blocks on the DRAM's data buses"}, events.bursts});
  entries.push_back(
      {{"dram_activations", "rows", "DRAM rows opened for a burst"}, events.activations});
  entries.push_back({{"dram_row_hits", "bursts", "bursts that found their DRAM row open"},
                     events.bursts - events.activations});
  return entries;
}

}  // namespace brownout::accel
