// SPDX-License-Identifier: Apache-2.0
// Random networks on small machines at low voltage, run under the eyes of the recorder and of a
// second observer that remembers everything.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "accel/cycle_engine.h"
#include "accel/recorder/trace_recorder.h"
#include "tests/accel/machine_fixture.h"

namespace brownout::accel {

struct TracedScenario {
  models::Graph graph;
  Machine machine;
  OperatingPoint point;
  std::vector<std::uint8_t> input;
  std::uint64_t seed = 0;

  [[nodiscard]] memory::Chip chip() const;
};

[[nodiscard]] TracedScenario traced_scenario(std::uint64_t seed);

/// Everything that was reported, as it came.
struct Everything : RunObserver {
  explicit Everything(RunObserver& other) : next(other) {}

  RunObserver& next;  ///< is told as well
  std::vector<Access> accesses;
  std::vector<ActivitySpan> spans;
  std::vector<Transfer> transfers;

  void on_time(std::uint64_t cycle) override { next.on_time(cycle); }
  void on_access(const Access& access) override {
    accesses.push_back(access);
    next.on_access(access);
  }
  void on_activity(const ActivitySpan& span) override {
    spans.push_back(span);
    next.on_activity(span);
  }
  void on_operations(const Operations& work) override { next.on_operations(work); }
  void on_step_begin(std::uint32_t step, std::uint64_t cycle) override {
    next.on_step_begin(step, cycle);
  }
  void on_step_end(std::uint64_t cycle) override { next.on_step_end(cycle); }
  void on_ramp(std::uint32_t layer, std::uint64_t begin, std::uint64_t end) override {
    next.on_ramp(layer, begin, end);
  }
  void on_fold_begin(std::uint32_t layer, std::uint32_t fold, std::uint64_t cycle) override {
    next.on_fold_begin(layer, fold, cycle);
  }
  void on_fold_end(std::uint64_t cycle) override { next.on_fold_end(cycle); }
  void on_transfer_begin(std::uint64_t cycle) override { next.on_transfer_begin(cycle); }
  void on_transfer_end(const Transfer& transfer) override {
    transfers.push_back(transfer);
    next.on_transfer_end(transfer);
  }
  void on_dram(const DramTransaction& transaction) override { next.on_dram(transaction); }
  void on_voltage(const std::string& rail, VminRatio voltage, std::uint64_t cycle) override {
    next.on_voltage(rail, voltage, cycle);
  }
  [[nodiscard]] bool watches_array(std::uint64_t begin, std::uint64_t end) const override {
    return next.watches_array(begin, end);
  }
  void on_array(std::uint64_t cycle, const ArrayRegisters& registers) override {
    next.on_array(cycle, registers);
  }
};

/// A finished run; its traces lie below `folder`.
struct TracedRun {
  TracedScenario scenario;
  CycleRun run;
  std::vector<Access> accesses;  ///< by cycle
  std::vector<ActivitySpan> spans;
  std::vector<Transfer> transfers;
  LayerStatistics total;
};

/// Runs scenario `seed` with every trace on; null when the machine cannot hold the network.
[[nodiscard]] std::unique_ptr<TracedRun> traced_run(
    std::uint64_t seed, const std::string& folder,
    const std::function<void(TracedScenario&)>& change = {});

/// The files of a traced run.
struct TracePaths {
  explicit TracePaths(const std::string& folder);
  std::string vcd, perfetto, access, power, flips;
};

}  // namespace brownout::accel
