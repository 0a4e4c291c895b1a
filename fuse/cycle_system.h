// SPDX-License-Identifier: Apache-2.0
// A base network with its front-end stage, if any, in the cycle engine (layer 4).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "accel/cycle_engine.h"
#include "fuse/dedicated_engine.h"
#include "fuse/image_cost.h"
#include "fuse/stage.h"
#include "memory/chip.h"

namespace brownout::fuse {

class CycleSystem {
 public:
  /// `network` is what the base's accelerator runs, `stage` may be null; all must outlive the
  /// system. Throws InputError when a machine cannot run its network.
  CycleSystem(const models::Graph& network, const accel::Machine& machine, const Stage* stage);

  /// What any image costs. Throws InputError when the machine cannot work at `point`.
  [[nodiscard]] ImageCost cost(const accel::OperatingPoint& point) const;
  /// The same of a run whose statistics are given.
  [[nodiscard]] ImageCost cost(const accel::RunStatistics& network,
                               const accel::RunStatistics& stage,
                               const accel::OperatingPoint& point) const;

  /// One image, codes of the base's input; `stage` is empty unless the stage has an accelerator of
  /// its own.
  struct Run {
    std::vector<std::uint8_t> input;  ///< of the network on the base's accelerator
    accel::CycleRun network;
    accel::CycleRun stage;
  };
  /// `observer`, if any, sees the base's accelerator.
  [[nodiscard]] Run run(const std::vector<std::uint8_t>& image_codes, const memory::Chip& chip,
                        const accel::OperatingPoint& point, std::uint32_t image = 0,
                        accel::RunObserver* observer = nullptr) const;

  /// Codes that the network on the base's accelerator reads for an image.
  [[nodiscard]] std::vector<std::uint8_t> network_input(
      const std::vector<std::uint8_t>& image_codes, const memory::Chip& chip,
      std::uint32_t image = 0) const;
  /// Images one after the other through a dedicated stage and the network, without payload.
  [[nodiscard]] DedicatedRun pipeline(const accel::OperatingPoint& point,
                                      std::uint32_t images) const;

  /// The base's accelerator by itself.
  [[nodiscard]] const accel::CycleEngine& network_engine() const { return network_engine_; }
  [[nodiscard]] const accel::Program& program() const { return network_engine_.program(); }

 private:
  const models::Graph& network_;
  const accel::Machine& machine_;
  const Stage* stage_;
  accel::CycleEngine network_engine_;
  std::optional<accel::CycleEngine> own_;  ///< dedicated
  std::optional<accel::RunStatistics> own_statistics_;
};

}  // namespace brownout::fuse
