// SPDX-License-Identifier: Apache-2.0
#include "fuse/cycle_system.h"

#include <utility>

#include "accel/operating_timing.h"
#include "models/reference.h"
#include "sim/core/error.h"

namespace brownout::fuse {

CycleSystem::CycleSystem(const models::Graph& network, const accel::Machine& machine,
                         const Stage* stage)
    : network_(network), machine_(machine), stage_(stage), network_engine_(network, machine) {
  if (stage == nullptr || stage->placement() != Placement::kDedicated) return;
  own_.emplace(stage->front, stage->setup.machine);
  own_statistics_ = own_->time(stage->setup.rails);
}

ImageCost CycleSystem::cost(const accel::OperatingPoint& point) const {
  return cost(network_engine_.time(point), own_statistics_.value_or(accel::RunStatistics{}), point);
}

ImageCost CycleSystem::cost(const accel::RunStatistics& network, const accel::RunStatistics& stage,
                            const accel::OperatingPoint& point) const {
  const std::uint32_t on_array = stage_ == nullptr ? 0 : stage_->layers_on_array();
  ImageCost cost = cost_on_array(network_, network, machine_, point, on_array);
  if (stage_ == nullptr || stage_->placement() == Placement::kArray) return cost;
  const Hertz clock = accel::run_clock(machine_, point);
  if (stage_->placement() == Placement::kHost) return with_host(cost, *stage_, clock);
  return with_dedicated(cost, *stage_, stage, clock);
}

CycleSystem::Run CycleSystem::run(const std::vector<std::uint8_t>& image_codes,
                                  const memory::Chip& chip, const accel::OperatingPoint& point,
                                  std::uint32_t image, accel::RunObserver* observer) const {
  Run run;
  if (own_) {
    DedicatedRun both = DedicatedEngine(*stage_, machine_, *own_, network_engine_)
                            .run(image_codes, chip, point, image, observer);
    run.input = both.stage.inference.codes.back();
    run.stage = std::move(both.stage);
    run.network = std::move(both.network);
    return run;
  }
  run.input = network_input(image_codes, chip, image);
  run.network = network_engine_.run(run.input, chip, point, image, observer);
  return run;
}

std::vector<std::uint8_t> CycleSystem::network_input(const std::vector<std::uint8_t>& image_codes,
                                                     const memory::Chip& chip,
                                                     std::uint32_t image) const {
  if (stage_ == nullptr || stage_->placement() == Placement::kArray) return image_codes;
  if (!own_) return models::run_reference(stage_->front, image_codes).codes.back();
  const memory::Chip own = make_stage_chip(*stage_, chip.id());
  return own_->run(image_codes, own, stage_->setup.rails, image).inference.codes.back();
}

DedicatedRun CycleSystem::pipeline(const accel::OperatingPoint& point, std::uint32_t images) const {
  require(own_.has_value(), "only a stage with an accelerator of its own runs beside the network");
  return DedicatedEngine(*stage_, machine_, *own_, network_engine_).pipeline(point, images);
}

}  // namespace brownout::fuse
