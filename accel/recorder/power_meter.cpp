// SPDX-License-Identifier: Apache-2.0
#include "accel/recorder/power_meter.h"

#include <algorithm>

#include "accel/operating_timing.h"
#include "sim/core/error.h"

namespace brownout::accel {

PowerMeter::PowerMeter(const Machine& machine, const OperatingPoint& point, std::uint64_t step)
    : machine_(machine), point_(point), clock_(run_clock(machine, point)), step_(step) {
  require(step > 0, "a window of time has cycles");
}

template <class Add>
void PowerMeter::spread(std::uint64_t begin, std::uint64_t end, std::uint64_t count,
                        Add add_share) {
  if (end <= begin) end = begin + 1;
  const std::uint64_t length = end - begin;
  std::uint64_t done = 0;
  for (std::uint64_t at = begin; at < end;) {
    const std::uint64_t next = std::min(end, (at / step_ + 1) * step_);
    // count x (next - begin) / length, in two parts that fit 64 bits.
    const std::uint64_t until =
        count / length * (next - begin) + count % length * (next - begin) / length;
    add_share(window_of(at), until - done);
    done = until;
    at = next;
  }
}

void PowerMeter::add(const Access& access) {
  LayerStatistics& layer = window_of(access.cycle).layers[access.layer];
  memory::AccessCounts& counts = layer.accesses[access.group];
  ++(access.kind == AccessKind::kRead ? counts.reads : counts.writes);
}

void PowerMeter::add(const ActivitySpan& span) {
  spread(span.begin, span.end, span.end - span.begin, [&](Window& window, std::uint64_t share) {
    window.layers[span.layer].at(span.activity) += share;
  });
}

void PowerMeter::add(const Operations& operations) {
  spread(
      operations.begin, operations.end, operations.macs,
      [&](Window& window, std::uint64_t share) { window.layers[operations.layer].macs += share; });
  spread(operations.begin, operations.end, operations.vector_ops,
         [&](Window& window, std::uint64_t share) {
           window.layers[operations.layer].vector_ops += share;
         });
}

void PowerMeter::add(const DramTransaction& transaction) {
  const auto add_to = [&](std::uint64_t count, auto member) {
    spread(transaction.begin, transaction.end, count, [&](Window& window, std::uint64_t share) {
      member(window.layers[transaction.layer]) += share;
    });
  };
  add_to(transaction.bytes, [&](LayerStatistics& layer) -> std::uint64_t& {
    return transaction.is_read ? layer.dram_read_bytes : layer.dram_write_bytes;
  });
  add_to(transaction.events.bursts,
         [](LayerStatistics& layer) -> std::uint64_t& { return layer.dram_events.bursts; });
  add_to(transaction.events.activations,
         [](LayerStatistics& layer) -> std::uint64_t& { return layer.dram_events.activations; });
}

void PowerMeter::add_ramp(std::uint32_t layer, std::uint64_t begin, std::uint64_t end) {
  const Picojoules energy = energy_of_layer({}, machine_, point_, layer).rail_ramps;
  const std::uint64_t cycles = std::max<std::uint64_t>(1, end - begin);
  spread(begin, begin + cycles, cycles, [&](Window& window, std::uint64_t share) {
    window.ramps += energy * (static_cast<double>(share) / static_cast<double>(cycles));
  });
}

PowerWindow PowerMeter::priced(std::uint64_t begin, std::uint64_t end, const Window& window) const {
  PowerWindow result{begin, end, {}, {}};
  for (const auto& [layer, counts] : window.layers) {
    result.counts += counts;
    EnergyBreakdown energy = energy_of_layer(counts, machine_, point_, layer);
    energy.rail_ramps = Picojoules(0);  // paid once, while rails move
    result.energy += energy;
  }
  result.energy.rail_ramps = window.ramps;
  return result;
}

std::vector<PowerWindow> PowerMeter::take(std::uint64_t cycle) {
  std::vector<PowerWindow> windows;
  for (; (taken_ + 1) * step_ <= cycle; ++taken_) {
    windows.push_back(priced(taken_ * step_, (taken_ + 1) * step_, windows_[taken_]));
    windows_.erase(taken_);
  }
  return windows;
}

std::vector<PowerWindow> PowerMeter::finish(std::uint64_t end) {
  // What is stamped at the very end (a transfer that takes no time) belongs to the last window.
  if (end > 0 && end % step_ == 0) {
    const auto after = windows_.find(end / step_);
    if (after != windows_.end()) {
      Window& last = window_of(end - 1);
      for (const auto& [layer, counts] : after->second.layers) last.layers[layer] += counts;
      last.ramps += after->second.ramps;
      windows_.erase(after);
    }
  }
  std::vector<PowerWindow> windows = take(end);
  if (taken_ * step_ < end) windows.push_back(priced(taken_ * step_, end, windows_[taken_]));
  return windows;
}

double PowerMeter::milliwatts(const PowerWindow& window, Picojoules energy) const {
  return energy / (Milliwatts(1) * duration(Cycles(window.end - window.begin), clock_));
}

}  // namespace brownout::accel
