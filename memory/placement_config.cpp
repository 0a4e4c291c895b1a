// SPDX-License-Identifier: Apache-2.0
#include "memory/placement_config.h"

#include <fmt/format.h>

#include <algorithm>

namespace brownout::memory {

PlacementConfig read_placement_config(config::Section section) {
  PlacementConfig placement;
  placement.order = section.choice<PlacementOrder>("order", "which macro of the chip stands where",
                                                   {{"in_order", PlacementOrder::kInOrder},
                                                    {"random", PlacementOrder::kRandom},
                                                    {"fault_aware", PlacementOrder::kFaultAware}});
  if (placement.order != PlacementOrder::kFaultAware) return placement;
  placement.test_voltage = section.voltage("test_voltage", "at which cells were found to fail");
  for (config::Section entry :
       section.sections("sensitivity", "layers that count more or less", config::Need::kOptional)) {
    const std::string layer = entry.text("layer", "name of the layer");
    const double factor = entry.number("factor", "on what a wrong bit of it costs", {0, 1e6});
    const auto& known = placement.sensitivity;
    if (std::any_of(known.begin(), known.end(), [&](const auto& k) { return k.first == layer; })) {
      entry.fail("layer", fmt::format("found '{}' twice, allowed: once", layer));
    }
    placement.sensitivity.emplace_back(layer, factor);
  }
  return placement;
}

}  // namespace brownout::memory
