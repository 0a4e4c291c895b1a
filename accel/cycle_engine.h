// SPDX-License-Identifier: Apache-2.0
// The cycle engine (layer 3): the SystemC accelerator carrying an image through the network, every
// access at its cycle. The ground truth the fast engine must equal.
#pragma once

#include <cstdint>
#include <vector>

#include "accel/accelerator_config.h"
#include "accel/operating_point.h"
#include "accel/program.h"
#include "accel/run_context.h"
#include "accel/run_statistics.h"
#include "memory/chip.h"
#include "models/reference.h"

namespace brownout::accel {

/// What a simulated inference gives.
struct CycleRun {
  models::Inference inference;
  RunStatistics statistics;
};

/// SystemC's kernel is one per process: use one CycleEngine at a time, from one thread.
class CycleEngine {
 public:
  /// Lowers the graph; throws InputError when the machine cannot run it. Both must outlive the
  /// engine.
  CycleEngine(const models::Graph& graph, const Machine& machine);

  /// One image (codes in HWC order) on `chip` at `point`; its number matters where accesses fail at
  /// random. `observer`, if any, is told what happens.
  [[nodiscard]] CycleRun run(const std::vector<std::uint8_t>& input, const memory::Chip& chip,
                             const OperatingPoint& point, std::uint32_t image = 0,
                             RunObserver* observer = nullptr) const;

  /// The statistics of any run: they depend neither on data nor on chip.
  [[nodiscard]] RunStatistics time(const OperatingPoint& point) const;

  [[nodiscard]] const Program& program() const { return program_; }

 private:
  const models::Graph& graph_;
  const Machine& machine_;
  Program program_;
};

}  // namespace brownout::accel
