// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/provenance.h"

#include <fmt/format.h>

#include <cmath>

#include "sim/core/error.h"

namespace brownout::sweep {

std::string fit_text(const memory::VoltageCurve& curve) {
  try {
    const memory::LineFit normal = curve.fit(memory::Interpolation::kProbit);
    const memory::LineFit log = curve.fit(memory::Interpolation::kLog);
    return fmt::format(
        "normal distribution of failure voltages, mean {:.4f} and deviation {:.4f} Vmin, R2 "
        "{:.4f}; "
        "exponential, a decade in {:.4f} Vmin, R2 {:.4f}",
        normal.mu.count(), normal.sigma.count(), normal.r2, log.sigma.count() * std::log(10),
        log.r2);
  } catch (const InputError& error) {
    return error.what();
  }
}

std::vector<Source> sources_of(const accel::Machine& machine) {
  const memory::MemoryConfig& memory = machine.memory;
  std::vector<Source> sources = {
      {"bit errors and energy over voltage", memory.source},
      {"fit of the bit errors", fit_text(memory.curve)},
      {"energy of a buffer access", memory.energy_source},
      {"its change with macro size", memory.energy_size_source},
      {"leakage", memory.leakage_source},
      {"energies of array, vector unit and DRAM", machine.accelerator.energy_source}};
  if (memory.delay) sources.push_back({"delay of a buffer access", memory.delay->source});
  if (machine.accelerator.array.delay) {
    sources.push_back({"delay of the array", machine.accelerator.array.delay->source});
  }
  for (const auto& [rail, ramp] : machine.ramps) {
    sources.push_back({"ramp of rail '" + rail + "'", ramp.source});
  }
  for (const memory::GroupId group : memory::kGroups) {
    const memory::EccConfig& ecc = machine.accelerator.buffers[group].ecc;
    if (ecc.choice.code == memory::Code::kNone) continue;
    sources.push_back(
        {std::string("error code of the ") + memory::group_name(group) + " buffer", ecc.source});
  }
  return sources;
}

std::vector<Source> sources_of(const fuse::StageSetup& stage) {
  switch (stage.config.placement) {
    case fuse::Placement::kArray:
      break;
    case fuse::Placement::kDedicated:
      return {
          {"generator's MAC, vector and DRAM energies", stage.machine.accelerator.energy_source},
          {"hand-over", stage.config.handover.source}};
    case fuse::Placement::kHost:
      return {{"generator on the host", stage.config.host.source}};
  }
  return {};
}

}  // namespace brownout::sweep
