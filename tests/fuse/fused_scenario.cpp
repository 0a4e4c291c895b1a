// SPDX-License-Identifier: Apache-2.0
#include "tests/fuse/fused_scenario.h"

#include <map>
#include <utility>

#include "tests/fuse/random_generator.h"

namespace brownout::fuse {
namespace {

accel::OperatingPoint shifted(const accel::OperatingPoint& point, std::uint32_t layers) {
  std::vector<accel::VoltageChange> schedule = point.schedule();
  for (accel::VoltageChange& change : schedule) change.layer += layers;
  return accel::OperatingPoint(point.rails(), std::move(schedule));
}

}  // namespace

FusedScenario fuse_scenario(accel::Scenario alone, models::Graph generator, Placement placement,
                            double raised) {
  std::map<std::string, VminRatio> rails = alone.point.rails();
  for (auto& [name, voltage] : rails) voltage = VminRatio(name == "logic" ? 1 : raised);
  StageConfig config;
  config.placement = placement;
  config.handover = {7, Picojoules(3), ""};
  config.host = {Picoseconds(123456), Picojoules(789), ""};
  StageSetup setup{config, alone.machine, accel::OperatingPoint(std::move(rails))};
  setup.machine.memory = own_memory(alone.machine.memory);
  accel::ArrayConfig& array = setup.machine.accelerator.array;
  array.dataflow = accel::kDataflows.at((static_cast<std::size_t>(array.dataflow) + 1) % 3);
  array.rows = array.rows / 2 + 1;
  setup.machine.accelerator.clock = Hertz(0.7e9);
  Stage stage = make_stage(std::move(setup), std::move(generator), alone.graph);
  models::Graph network = network_on_array(stage);
  const std::uint32_t layers = stage.layers_on_array();
  const accel::OperatingPoint point =
      layers == 0 ? alone.point
                  : raised_for_stage(shifted(alone.point, layers), stage.setup.rails, layers);
  return {std::move(alone), std::move(stage), std::move(network), point};
}

FusedScenario fused_scenario(std::uint64_t seed, Placement placement) {
  accel::Scenario alone = accel::scenario(seed);
  models::Graph generator =
      test_support::random_generator(seed, alone.graph.tensor(alone.graph.input));
  return fuse_scenario(std::move(alone), std::move(generator), placement, seed % 4 == 0 ? 0.85 : 1);
}

}  // namespace brownout::fuse
