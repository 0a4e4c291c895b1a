// SPDX-License-Identifier: Apache-2.0
// The fast engine beside a run of the cycle engine (layer 4): every output code of stage and
// network on one chip, and the first place where the two differ.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "accel/fast_engine.h"
#include "fuse/cycle_system.h"

namespace brownout::fuse {

class FastTwin {
 public:
  /// All must outlive it; `stage` may be null. Throws as FastEngine and its view.
  FastTwin(const models::Graph& network, const accel::Machine& machine, const Stage* stage,
           const memory::Chip& chip, const accel::OperatingPoint& point);

  /// Throws MismatchError naming layer, element and address of the first difference for the image
  /// `codes`, numbered `image`.
  void require_equal(const std::vector<std::uint8_t>& codes, const CycleSystem::Run& run,
                     std::uint32_t image);

 private:
  /// One engine, its chip and its scratch.
  struct Side {
    Side(const models::Graph& graph, const accel::Machine& machine, const memory::Chip& chip,
         const accel::OperatingPoint& point);
    void require_equal(const std::vector<std::uint8_t>& input, const models::Inference& inference,
                       std::uint32_t image);

    const models::Graph& graph;
    const accel::Machine& machine;
    accel::FastEngine engine;
    accel::FastEngine::View view;
    accel::FastGraph::Workspace workspace;
  };

  Side network_;
  std::optional<memory::Chip> stage_chip_;
  std::unique_ptr<Side> stage_;  ///< with an accelerator of its own
};

}  // namespace brownout::fuse
