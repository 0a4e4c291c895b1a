// SPDX-License-Identifier: Apache-2.0
// Power over time (layer 3): counts of a run by windows of cycles, priced like the whole run. So
// the windows' counts add up to the run's statistics and their energies to its energy.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "accel/accelerator_config.h"
#include "accel/energy_model.h"
#include "accel/observer.h"

namespace brownout::accel {

/// Cycles [begin, end) of a run.
struct PowerWindow {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  LayerStatistics counts;
  EnergyBreakdown energy;
};

class PowerMeter {
 public:
  /// Windows of `step` cycles; both must outlive the meter.
  PowerMeter(const Machine& machine, const OperatingPoint& point, std::uint64_t step);

  void add(const Access& access);
  void add(const ActivitySpan& span);
  void add(const Operations& operations);
  /// Its bytes and row activations are spread evenly over [begin, end).
  void add(const DramTransaction& transaction);
  /// Rails went to the voltages of `layer` in [begin, end).
  void add_ramp(std::uint32_t layer, std::uint64_t begin, std::uint64_t end);

  /// Hands over and forgets the windows that end at or before `cycle`, in order.
  [[nodiscard]] std::vector<PowerWindow> take(std::uint64_t cycle);
  /// The rest of a run that ends at `end`.
  [[nodiscard]] std::vector<PowerWindow> finish(std::uint64_t end);

  /// Of `window` over its time, in mW.
  [[nodiscard]] double milliwatts(const PowerWindow& window, Picojoules energy) const;

 private:
  /// Work for a layer is priced at the layer's voltages, whenever it is done.
  struct Window {
    std::map<std::uint32_t, LayerStatistics> layers;
    Picojoules ramps;
  };

  [[nodiscard]] Window& window_of(std::uint64_t cycle) { return windows_[cycle / step_]; }
  [[nodiscard]] PowerWindow priced(std::uint64_t begin, std::uint64_t end,
                                   const Window& window) const;
  /// Calls `add_share(window, share)` for every window that [begin, end) touches with its share of
  /// `count`; the shares add up to `count`.
  template <class Add>
  void spread(std::uint64_t begin, std::uint64_t end, std::uint64_t count, Add add_share);

  const Machine& machine_;
  const OperatingPoint& point_;
  Hertz clock_;
  std::uint64_t step_;
  std::map<std::uint64_t, Window> windows_;  // by number
  std::uint64_t taken_ = 0;                  // how many are handed over
};

}  // namespace brownout::accel
