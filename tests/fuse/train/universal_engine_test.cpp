// SPDX-License-Identifier: Apache-2.0
// One image for all inputs on random machines: filters as large as the image over a single pixel
// are like no other layer, and both engines agree on them.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "fuse/cycle_system.h"
#include "fuse/fast_twin.h"
#include "fuse/train/universal_image.h"
#include "models/quantizer/calibrate.h"
#include "models/quantizer/quantize.h"
#include "sim/core/error.h"
#include "tests/fuse/fused_scenario.h"

namespace brownout::fuse {
namespace {

models::Graph random_universal(const models::Shape& shape, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<float> values(-0.5F, 0.5F);
  std::vector<float> image(shape.elements());
  for (float& value : image) value = values(random);
  const models::FloatNetwork network = universal_generator(image, shape);
  models::Calibrator calibrator(network, {});
  calibrator.add(image);
  models::QuantizeConfig config;
  config.coded_output = true;
  models::Graph graph = models::quantize(network, calibrator.ranges(), config);
  graph.name = "universal";
  return graph;
}

TEST(UniversalGenerator, EnginesAgreeOnIt) {
  int run = 0;
  constexpr int kSeeds = 30;
  for (std::uint64_t seed = 9300; seed < 9300 + kSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    accel::Scenario alone = accel::scenario(seed);
    models::Graph generator = random_universal(alone.graph.tensor(alone.graph.input).shape, seed);
    try {
      const FusedScenario s =
          fuse_scenario(std::move(alone), std::move(generator), Placement::kArray, 0.85);
      const CycleSystem cycle(s.network, s.alone.machine, &s.stage);
      const memory::Chip chip = s.chip(seed);
      const CycleSystem::Run result = cycle.run(s.alone.input, chip, s.point, 0);
      FastTwin twin(s.network, s.alone.machine, &s.stage, chip, s.point);
      EXPECT_NO_THROW(twin.require_equal(s.alone.input, result, 0));
      ++run;
    } catch (const InputError& error) {
      ASSERT_NE(std::string(error.what()).find("one step needs"), std::string::npos)
          << error.what();
    }
  }
  EXPECT_GT(run, kSeeds / 3);
}

}  // namespace
}  // namespace brownout::fuse
