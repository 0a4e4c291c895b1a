// SPDX-License-Identifier: Apache-2.0
#include "accel/recorder/timeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace brownout::accel {
namespace {

bool is_stall(Activity activity) {
  switch (activity) {
    case Activity::kFill:
    case Activity::kCompute:
    case Activity::kDrain:
    case Activity::kVector:
      return false;
    default:
      return true;
  }
}

}  // namespace

Timeline::Timeline(std::string path, const std::vector<std::string>& layer_names,
                   const Program& program, std::uint64_t picoseconds)
    : writer_(std::move(path), picoseconds),
      layer_names_(layer_names),
      program_(program),
      picoseconds_(picoseconds),
      sequencer_(writer_.add_track("sequencer")),
      array_(writer_.add_track("array")),
      vector_(writer_.add_track("vector unit")),
      dma_(writer_.add_track("DMA")),
      dram_(writer_.add_track("DRAM")) {}

void Timeline::enter_layer(std::uint32_t layer, std::uint64_t cycle) {
  if (layer_ == layer) return;
  if (layer_) writer_.close(sequencer_, cycle);
  writer_.open(sequencer_, layer_names_[layer], cycle);
  layer_ = layer;
}

void Timeline::add(const ActivitySpan& span) {
  const char* name = activity_name(span.activity);
  if (span.activity == Activity::kVector) {
    writer_.slice(vector_, name, span.begin, span.end, {{"layer", layer_names_[span.layer]}});
  } else if (is_stall(span.activity)) {
    enter_layer(span.layer, span.begin);
    writer_.slice(sequencer_, name, span.begin, span.end);
  } else {
    writer_.slice(array_, name, span.begin, span.end);
  }
}

void Timeline::begin_step(std::uint32_t step, std::uint64_t cycle) {
  const Step& of = program_.steps[step];
  enter_layer(of.layer, cycle);
  writer_.open(sequencer_, fmt::format("step {}", step), cycle,
               {{"fold", std::to_string(of.fold)},
                {"from", std::to_string(of.begin)},
                {"to", std::to_string(of.end)}});
}

void Timeline::end_step(std::uint64_t cycle) { writer_.close(sequencer_, cycle); }

void Timeline::begin_fold(std::uint32_t layer, std::uint32_t fold, std::uint64_t cycle) {
  writer_.open(array_, fmt::format("{} fold {}", layer_names_[layer], fold), cycle);
}

void Timeline::end_fold(std::uint64_t cycle) { writer_.close(array_, cycle); }

void Timeline::add(const Transfer& transfer) {
  const bool is_store = transfer.group == memory::GroupId::kOfmap;
  writer_.slice(
      dma_, fmt::format("{} {}", is_store ? "store" : "load", memory::group_name(transfer.group)),
      transfer.begin, transfer.end,
      {{"layer", layer_names_[transfer.layer]}, {"bytes", std::to_string(transfer.bytes)}});
}

void Timeline::add(const DramTransaction& transaction) {
  // Transactions wait for each other's data: each is shown from when the one before is done.
  const std::uint64_t begin = std::max(transaction.begin, dram_until_);
  const std::uint64_t end = std::max(transaction.end, begin);
  dram_until_ = end;
  writer_.slice(dram_, transaction.is_read ? "read" : "write", begin, end,
                {{"layer", layer_names_[transaction.layer]},
                 {"address", fmt::format("{:#x}", transaction.address)},
                 {"bytes", std::to_string(transaction.bytes)},
                 {"row_activations", std::to_string(transaction.events.activations)}});
}

void Timeline::set_voltage(const std::string& rail, VminRatio voltage, std::uint64_t cycle) {
  auto found = rails_.find(rail);
  if (found == rails_.end()) {
    found = rails_.emplace(rail, Rail{writer_.add_track("rail " + rail), false}).first;
  }
  if (found->second.is_open) writer_.close(found->second.track, cycle);
  writer_.open(found->second.track, fmt::format("{:.4g} Vmin", voltage.count()), cycle);
  found->second.is_open = true;
  count(fmt::format("voltage {}, Vmin", rail), cycle, voltage.count());
}

void Timeline::count(const std::string& name, std::uint64_t cycle, double value) {
  const auto [entry, is_new] = counters_.emplace(name, value);
  if (!is_new && entry->second == value) return;
  entry->second = value;
  writer_.counter(name, cycle, value);
}

void Timeline::add(const PowerWindow& window, const PowerMeter& meter) {
  count("power, mW", window.begin, meter.milliwatts(window, window.energy.total()));
  for (const auto& [name, energy] : walk(window.energy)) {
    count(fmt::format("power {}, mW", name), window.begin, meter.milliwatts(window, energy));
  }
  const auto cycles = static_cast<double>(window.end - window.begin);
  // 1 byte a picosecond is 1000 GB/s.
  const double per_cycle = 1000.0 / (cycles * static_cast<double>(picoseconds_));
  const auto rate = [&](std::uint64_t bytes) { return static_cast<double>(bytes) * per_cycle; };
  count("DRAM read, GB/s", window.begin, rate(window.counts.dram_read_bytes));
  count("DRAM write, GB/s", window.begin, rate(window.counts.dram_write_bytes));
  count("MAC/cycle", window.begin, static_cast<double>(window.counts.macs) / cycles);
}

void Timeline::commit(std::uint64_t cycle) {
  if (layer_) writer_.close(sequencer_, cycle);
  for (auto& [name, rail] : rails_) {
    if (rail.is_open) writer_.close(rail.track, cycle);
  }
  std::vector<std::string> names;
  for (const auto& [name, value] : counters_) {
    if (name.rfind("voltage", 0) != 0) names.push_back(name);
  }
  for (const std::string& name : names) count(name, cycle, 0);
  writer_.commit();
}

}  // namespace brownout::accel
