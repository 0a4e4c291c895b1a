// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/generator_text.h"

#include <fmt/format.h>

#include "sim/sweep/wording.h"

namespace brownout::sweep {
namespace {

std::string placement_text(const std::string& placement) {
  if (placement == "array") return "the same array";
  return placement == "dedicated" ? "an array of its own" : "the host";
}

}  // namespace

std::string generator_text(const PointResult& result) {
  if (!result.has_generator()) return "";
  const EnergyUnit unit = energy_unit(result.total_energy());
  const Picojoules spent = total(result.generator_energies);
  const double share = spent / result.total_energy();
  return fmt::format(
      "generator         {} on {}: {} cycles, {} more in ramps, {} {} ({} % of all)\n"
      "image by image    {} from image to class, one every {} when pipelined\n"
      "weight reads      {} % of their energy saved, generator included (NeuralFuse, Eq. 6)\n",
      result.generator, placement_text(result.placement),
      thousands(result.generator_cycles.count()), thousands(result.generator_ramp_cycles.count()),
      unit.text(spent), unit.name, percent(share, 1), time_text(result.time),
      time_text(result.pipelined), percent(result.weight_reads_saved, 2));
}

}  // namespace brownout::sweep
