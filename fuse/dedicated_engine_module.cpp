// SPDX-License-Identifier: Apache-2.0
#include <optional>

#include "accel/kernel_module.h"
#include "accel/probe.h"
#include "fuse/dedicated_engine.h"
#include "fuse/fused_pipeline_module.h"
#include "fuse/image_cost.h"

namespace brownout::fuse {
namespace {

std::vector<Picoseconds> picoseconds(const std::vector<sc_core::sc_time>& times) {
  std::vector<Picoseconds> all;
  all.reserve(times.size());
  for (const sc_core::sc_time& time : times) {
    all.emplace_back(time / sc_core::sc_time(1, sc_core::SC_PS));
  }
  return all;
}

}  // namespace

DedicatedRun DedicatedEngine::run(const std::vector<std::uint8_t>& codes, const memory::Chip& chip,
                                  const accel::OperatingPoint& point, std::uint32_t image,
                                  accel::RunObserver* observer) const {
  DedicatedRun run{
      {{}, accel::empty_statistics(stage_.front)}, {{}, accel::empty_statistics(stage_.base)}, {}};
  const memory::Chip own = make_stage_chip(stage_, chip.id());
  std::optional<accel::Probe> probe;
  if (observer != nullptr) probe.emplace(*observer);
  const accel::KernelScope kernel;
  FusedPipelineModule pipeline("fused",
                               {{stage_.front, stage_engine_.program(), run.stage.statistics,
                                 accel::Payload::kCarried, image},
                                stage_.setup.machine,
                                stage_.setup.rails,
                                &own},
                               {{stage_.base, network_engine_.program(), run.network.statistics,
                                 accel::Payload::kCarried, image, probe ? &*probe : nullptr},
                                machine_,
                                point,
                                &chip},
                               {codes, 1, handover_cycles(stage_)});
  pipeline.run();
  run.stage.inference = pipeline.generator().results();
  run.network.inference = pipeline.network().results();
  run.done = picoseconds(pipeline.done());
  return run;
}

DedicatedRun DedicatedEngine::pipeline(const accel::OperatingPoint& point,
                                       std::uint32_t images) const {
  DedicatedRun run{
      {{}, accel::empty_statistics(stage_.front)}, {{}, accel::empty_statistics(stage_.base)}, {}};
  const accel::KernelScope kernel;
  FusedPipelineModule pipeline(
      "fused",
      {{stage_.front, stage_engine_.program(), run.stage.statistics, accel::Payload::kNone},
       stage_.setup.machine,
       stage_.setup.rails,
       nullptr},
      {{stage_.base, network_engine_.program(), run.network.statistics, accel::Payload::kNone},
       machine_,
       point,
       nullptr},
      {{}, images, handover_cycles(stage_)});
  pipeline.run();
  run.done = picoseconds(pipeline.done());
  return run;
}

}  // namespace brownout::fuse
