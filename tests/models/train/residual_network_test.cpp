// SPDX-License-Identifier: Apache-2.0
#include "models/train/residual_network.h"

#include <gtest/gtest.h>

namespace brownout::models {
namespace {

TEST(ResidualNetwork, TheExportedNetworkIsTheSameFunction) {
  torch::manual_seed(3);
  const Shape input = {3, 12, 12};
  ResidualNetwork network({4, {4, 6}, {2, 1}, {1, 2}}, input, 5);
  const torch::Tensor images = torch::randn({8, 3, 12, 12});
  network.train();
  for (int i = 0; i < 3; ++i) network.forward(images);  // moves the running statistics
  network.eval();
  const torch::NoGradGuard no_gradients;
  for (auto& parameter : network.parameters()) parameter += 0.1 * torch::randn_like(parameter);
  const torch::Tensor expected = network.forward(images);

  const FloatNetwork exported = network.exported();
  for (std::int64_t n = 0; n < images.size(0); ++n) {
    const torch::Tensor hwc = images[n].permute({1, 2, 0}).contiguous();
    const float* data = hwc.data_ptr<float>();
    const auto logits = evaluate(exported, {data, data + hwc.numel()}).back();
    ASSERT_EQ(logits.size(), 5U);
    for (std::size_t k = 0; k < logits.size(); ++k) {
      EXPECT_NEAR(logits[k], expected[n][static_cast<std::int64_t>(k)].item<float>(), 2e-4);
    }
  }
}

TEST(ResidualNetwork, ShortcutsAreProjectedOnlyWhereShapesChange) {
  ResidualNetwork network({4, {4, 6}, {2, 1}, {1, 2}}, {3, 12, 12}, 5);
  int projections = 0;
  for (const FloatNode& node : network.exported().nodes) {
    if (node.name.find("shortcut") != std::string::npos) ++projections;
  }
  EXPECT_EQ(projections, 1);
}

}  // namespace
}  // namespace brownout::models
