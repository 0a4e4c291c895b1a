// SPDX-License-Identifier: Apache-2.0
#include "fuse/image_cost.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "accel/operating_timing.h"
#include "sim/core/error.h"

namespace brownout::fuse {
namespace {

using accel::Activity;
using accel::EnergyBreakdown;
using accel::LayerStatistics;
using memory::GroupId;

LayerStatistics weight_reads_of(const LayerStatistics& layer) {
  LayerStatistics reads;
  reads.accesses[GroupId::kFilter].reads = layer.accesses[GroupId::kFilter].reads;
  return reads;
}

accel::OperatingPoint highest(const accel::Machine& machine, const accel::OperatingPoint& point) {
  std::map<std::string, VminRatio> rails = point.rails();
  for (auto& [name, voltage] : rails) voltage = machine.memory.curve.reference();
  return accel::OperatingPoint(std::move(rails));
}

/// A layer that is not an accelerator's: its input is waited for.
void add_wait(ImageCost& cost, const std::string& name, const char* kind, Cycles cycles,
              Picojoules energy) {
  LayerStatistics wait;
  wait.at(Activity::kStallIfmap) = cycles.count();
  EnergyBreakdown spent;
  spent.outside = energy;
  cost.layers.names.push_back(kStagePrefix + name);
  cost.layers.layers.push_back(wait);
  cost.energies.push_back(spent);
  cost.kinds.emplace_back(kind);
}

/// The layers of `next` after those of `cost`.
void append_layers(ImageCost& cost, const ImageCost& next) {
  const auto append = [](auto& to, const auto& from) {
    to.insert(to.end(), from.begin(), from.end());
  };
  append(cost.layers.names, next.layers.names);
  append(cost.layers.layers, next.layers.layers);
  append(cost.energies, next.energies);
  append(cost.kinds, next.kinds);
}

/// `base` behind the layers of `stage`, which are all of them the stage's.
ImageCost behind(ImageCost stage, const ImageCost& base) {
  stage.stage_layers = stage.layers.layers.size();
  stage.stage_cycles = stage.layers.total().total_cycles();
  for (const EnergyBreakdown& energy : stage.energies) stage.stage += energy;
  stage.total = stage.stage;
  stage.total += base.total;
  append_layers(stage, base);
  stage.weight_reads.base = base.weight_reads.base;
  stage.weight_reads.nominal = base.weight_reads.nominal;
  return stage;
}

Cycles whole_cycles(Picoseconds time, Hertz clock) {
  constexpr double kRounding = 1e-9;  // a whole number of cycles must not become one more
  const double cycles = time / duration(Cycles(1), clock);
  return Cycles(static_cast<std::uint64_t>(std::ceil(cycles * (1 - kRounding))));
}

}  // namespace

double WeightReads::saving() const {
  return nominal.count() == 0 ? 0 : (nominal - (base + stage)) / nominal;
}

ImageCost& ImageCost::operator+=(const ImageCost& next) {
  require(stage_layers == 0 && next.stage_layers == 0, "networks in a row have no stage");
  append_layers(*this, next);
  total += next.total;
  weight_reads.base += next.weight_reads.base;
  weight_reads.nominal += next.weight_reads.nominal;
  latency += next.latency;
  interval += next.interval;
  return *this;
}

ImageCost cost_on_array(const models::Graph& network, const accel::RunStatistics& statistics,
                        const accel::Machine& machine, const accel::OperatingPoint& point,
                        std::uint32_t stage_layers) {
  ImageCost cost;
  cost.layers = statistics;
  cost.stage_layers = stage_layers;
  LayerStatistics nominal;
  for (std::uint32_t i = 0; i < statistics.layers.size(); ++i) {
    const LayerStatistics& layer = statistics.layers[i];
    cost.kinds.emplace_back(models::operation_name(network.nodes[i].operation));
    cost.energies.push_back(accel::energy_of_layer(layer, machine, point, i));
    cost.total += cost.energies.back();
    const LayerStatistics reads = weight_reads_of(layer);
    const Picojoules read = accel::energy_of_layer(reads, machine, point, i).filter_sram;
    (i < stage_layers ? cost.weight_reads.stage : cost.weight_reads.base) += read;
    if (i >= stage_layers) nominal += reads;
    if (stage_layers == 0 || i > stage_layers) continue;
    LayerStatistics ramp;
    ramp.at(Activity::kRailRamp) = layer.at(Activity::kRailRamp);
    if (i == 0 || i == stage_layers) cost.ramp_cycles += ramp.total_cycles();
    if (i == stage_layers) {
      cost.stage += accel::energy_of_layer(ramp, machine, point, i);
    } else {
      cost.stage += cost.energies.back();
      cost.stage_cycles += layer.total_cycles();
      if (i == 0) cost.stage_cycles -= ramp.total_cycles();
    }
  }
  const accel::OperatingPoint best = highest(machine, point);
  cost.weight_reads.nominal = accel::energy_of(nominal, machine, best).filter_sram;
  cost.latency = duration(statistics.total().total_cycles(), accel::run_clock(machine, point));
  cost.interval = cost.latency;
  return cost;
}

Cycles handover_cycles(const Stage& stage) {
  const std::uint64_t bytes = stage.base.tensor(stage.base.input).shape.elements();
  const std::uint64_t width = stage.setup.config.handover.bytes_per_cycle;
  return Cycles((bytes + width - 1) / width);
}

ImageCost with_dedicated(const ImageCost& base, const Stage& stage,
                         const accel::RunStatistics& statistics, Hertz base_clock) {
  const StageSetup& setup = stage.setup;
  ImageCost alone = cost_on_array(stage.front, statistics, setup.machine, setup.rails);
  const Picoseconds stage_time = alone.latency;
  const Cycles handover = handover_cycles(stage);
  const auto bytes = static_cast<double>(stage.base.tensor(stage.base.input).shape.elements());
  add_wait(alone, "handover", "copy", handover, setup.config.handover.energy_per_byte * bytes);
  alone.weight_reads.stage = alone.weight_reads.base;
  const Picoseconds base_time = base.latency;
  ImageCost cost = behind(std::move(alone), base);
  // The base's side keeps its own clock: it takes the image up at its next edge.
  cost.latency = duration(whole_cycles(stage_time, base_clock) + handover, base_clock) + base_time;
  cost.interval = std::max({stage_time, duration(handover, base_clock), base_time});
  return cost;
}

ImageCost with_host(const ImageCost& base, const Stage& stage, Hertz base_clock) {
  const HostCost& host = stage.setup.config.host;
  ImageCost alone;
  const Cycles cycles = whole_cycles(host.time, base_clock);
  add_wait(alone, "host", "host", cycles, host.energy);
  const Picoseconds base_time = base.latency;
  ImageCost cost = behind(std::move(alone), base);
  cost.latency = duration(cycles, base_clock) + base_time;
  cost.interval = std::max(host.time, base_time);
  return cost;
}

}  // namespace brownout::fuse
