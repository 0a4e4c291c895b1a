// SPDX-License-Identifier: Apache-2.0
#include "fuse/fast_twin.h"

#include "accel/compare.h"

namespace brownout::fuse {

FastTwin::Side::Side(const models::Graph& a_graph, const accel::Machine& a_machine,
                     const memory::Chip& chip, const accel::OperatingPoint& point)
    : graph(a_graph),
      machine(a_machine),
      engine(a_graph, a_machine),
      view(engine.view(chip, point)),
      workspace(engine.make_workspace()) {}

void FastTwin::Side::require_equal(const std::vector<std::uint8_t>& input,
                                   const models::Inference& inference, std::uint32_t image) {
  accel::require_equal(graph, engine.program(), machine,
                       engine.run_all(view, input, workspace, image), inference);
}

FastTwin::FastTwin(const models::Graph& network, const accel::Machine& machine, const Stage* stage,
                   const memory::Chip& chip, const accel::OperatingPoint& point)
    : network_(network, machine, chip, point) {
  if (stage == nullptr || stage->placement() != Placement::kDedicated) return;
  stage_chip_.emplace(make_stage_chip(*stage, chip.id()));
  stage_ =
      std::make_unique<Side>(stage->front, stage->setup.machine, *stage_chip_, stage->setup.rails);
}

void FastTwin::require_equal(const std::vector<std::uint8_t>& codes, const CycleSystem::Run& run,
                             std::uint32_t image) {
  if (stage_ != nullptr) stage_->require_equal(codes, run.stage.inference, image);
  network_.require_equal(run.input, run.network.inference, image);
}

}  // namespace brownout::fuse
