// SPDX-License-Identifier: Apache-2.0
// A run as tracks and counters for ui.perfetto.dev (layer 3): sequencer (layers, their steps and
// stalls), array (folds and what their cycles are), vector unit, DMA engine, DRAM, rails.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "accel/observer.h"
#include "accel/program.h"
#include "accel/recorder/power_meter.h"
#include "traces/perfetto_writer.h"

namespace brownout::accel {

class Timeline {
 public:
  /// `layer_names` by layer; all must outlive the timeline. `picoseconds` a cycle.
  Timeline(std::string path, const std::vector<std::string>& layer_names, const Program& program,
           std::uint64_t picoseconds);

  void add(const ActivitySpan& span);
  void begin_step(std::uint32_t step, std::uint64_t cycle);
  void end_step(std::uint64_t cycle);
  void begin_fold(std::uint32_t layer, std::uint32_t fold, std::uint64_t cycle);
  void end_fold(std::uint64_t cycle);
  void add(const Transfer& transfer);
  void add(const DramTransaction& transaction);
  void set_voltage(const std::string& rail, VminRatio voltage, std::uint64_t cycle);
  /// Counters of a window: power by component, DRAM bandwidth, MACs a cycle.
  void add(const PowerWindow& window, const PowerMeter& meter);

  /// Ends what is open at `cycle`, the end of the run.
  void commit(std::uint64_t cycle);

  [[nodiscard]] const traces::PerfettoWriter& writer() const { return writer_; }

 private:
  struct Rail {
    traces::PerfettoWriter::Track track;
    bool is_open = false;
  };

  void enter_layer(std::uint32_t layer, std::uint64_t cycle);
  void count(const std::string& name, std::uint64_t cycle, double value);

  traces::PerfettoWriter writer_;
  const std::vector<std::string>& layer_names_;
  const Program& program_;
  std::uint64_t picoseconds_;
  traces::PerfettoWriter::Track sequencer_, array_, vector_, dma_, dram_;
  std::map<std::string, Rail> rails_;
  std::map<std::string, double> counters_;  // their latest values: equal ones are not repeated
  std::optional<std::uint32_t> layer_;      // whose slice is open
  std::uint64_t dram_until_ = 0;
};

}  // namespace brownout::accel
