// SPDX-License-Identifier: Apache-2.0
// One image for all inputs, as a network: what it gives does not depend on what it reads.
#include "fuse/train/universal_image.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <vector>

#include "models/quantizer/calibrate.h"
#include "models/quantizer/quantize.h"
#include "models/reference.h"

namespace brownout::fuse {
namespace {

class UniversalGeneratorTest : public ::testing::TestWithParam<models::Shape> {
 protected:
  std::vector<float> random_values(float lowest, float highest) {
    std::uniform_real_distribution<float> values(lowest, highest);
    std::vector<float> result(GetParam().elements());
    for (float& value : result) value = values(random_);
    return result;
  }
  /// Element of `image`, which is CHW, at a position of the HWC order.
  static float at(const std::vector<float>& image, std::size_t hwc) {
    const auto channels = static_cast<std::size_t>(GetParam().channels);
    return image[hwc % channels * (image.size() / channels) + hwc / channels];
  }

  std::mt19937 random_{5};
};

TEST_P(UniversalGeneratorTest, GivesTheImageWhateverItReads) {
  const std::vector<float> image = random_values(-0.4F, 0.3F);
  const models::FloatNetwork network = universal_generator(image, GetParam());
  for (int i = 0; i < 2; ++i) {
    const std::vector<float> given = models::evaluate(network, random_values(-1, 1)).back();
    ASSERT_EQ(given.size(), image.size());
    for (std::size_t j = 0; j < given.size(); ++j) EXPECT_FLOAT_EQ(given[j], at(image, j));
  }
}

TEST_P(UniversalGeneratorTest, AlsoInIntegersUpToTheirRounding) {
  const std::vector<float> image = random_values(-0.4F, 0.3F);
  const models::FloatNetwork network = universal_generator(image, GetParam());
  models::Calibrator calibrator(network, {});
  for (int i = 0; i < 20; ++i) calibrator.add(random_values(-1, 1));
  models::QuantizeConfig config;
  config.coded_output = true;
  const models::Graph graph = models::quantize(network, calibrator.ranges(), config);
  std::uniform_int_distribution<int> bytes(0, 255);
  std::vector<std::uint8_t> codes(image.size());
  for (std::uint8_t& code : codes) code = static_cast<std::uint8_t>(bytes(random_));
  const models::Inference inference = models::run_reference(graph, codes);
  const double step = graph.tensor(graph.output).scale.front();
  EXPECT_LT(step, 1.0 / 255);
  for (std::size_t j = 0; j < image.size(); ++j) {
    EXPECT_NEAR(inference.logits[j] * step, at(image, j), 1.0 / 127);  // a step of image codes
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, UniversalGeneratorTest,
                         ::testing::Values(models::Shape{1, 8, 8}, models::Shape{3, 8, 16},
                                           models::Shape{2, 24, 8}),
                         [](const auto& shape) {
                           return std::to_string(shape.param.channels) + "x" +
                                  std::to_string(shape.param.height) + "x" +
                                  std::to_string(shape.param.width);
                         });

}  // namespace
}  // namespace brownout::fuse
