// SPDX-License-Identifier: Apache-2.0
// Stage and base network on accelerators of their own, simulated together (layer 4): plain values
// around fused_pipeline_module.h.
#pragma once

#include <cstdint>
#include <vector>

#include "accel/cycle_engine.h"
#include "fuse/stage.h"
#include "memory/chip.h"

namespace brownout::fuse {

struct DedicatedRun {
  accel::CycleRun stage;
  accel::CycleRun network;
  std::vector<Picoseconds> done;  ///< when each image was through, the first begun at 0
};

class DedicatedEngine {
 public:
  /// The two engines lend their programs; all must outlive it.
  DedicatedEngine(const Stage& stage, const accel::Machine& machine,
                  const accel::CycleEngine& stage_engine, const accel::CycleEngine& network_engine)
      : stage_(stage),
        machine_(machine),
        stage_engine_(stage_engine),
        network_engine_(network_engine) {}

  /// One image, codes of the base's input; `observer`, if any, sees the base's accelerator, whose
  /// cycles it counts from the generator's first.
  [[nodiscard]] DedicatedRun run(const std::vector<std::uint8_t>& codes, const memory::Chip& chip,
                                 const accel::OperatingPoint& point, std::uint32_t image,
                                 accel::RunObserver* observer) const;

  /// `images` images one after the other, without payload: their time. Statistics are the last
  /// one's.
  [[nodiscard]] DedicatedRun pipeline(const accel::OperatingPoint& point,
                                      std::uint32_t images) const;

 private:
  const Stage& stage_;
  const accel::Machine& machine_;
  const accel::CycleEngine& stage_engine_;
  const accel::CycleEngine& network_engine_;
};

}  // namespace brownout::fuse
