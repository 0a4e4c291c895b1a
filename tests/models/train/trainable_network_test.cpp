// SPDX-License-Identifier: Apache-2.0
#include "models/train/trainable_network.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>
#include <string>

#include "models/train/straight_through.h"
#include "models/zoo/families.h"
#include "models/zoo/untrained.h"
#include "sim/core/error.h"

namespace brownout::models {
namespace {

constexpr QuantizeConfig kEightBits;

/// Every kind of layer a classifier may have, in small.
Architecture pooled_network(const Shape& input) {
  Architecture net("pooled", input);
  ConvLayer conv;
  conv.channels = 5;
  std::size_t x = net.add("conv1", conv, {0});
  MaxPoolLayer pool;
  pool.window.kernel_h = pool.window.kernel_w = 3;
  pool.window.stride_h = pool.window.stride_w = 2;
  pool.window.pad_top = pool.window.pad_left = 1;
  pool.window.pad_bottom = pool.window.pad_right = 1;
  x = net.add("pool", pool, {x});
  conv.batch_norm = false;
  x = net.add("conv2", conv, {x});
  x = net.add("linear1", LinearLayer{7, true}, {x});
  net.add("linear2", LinearLayer{4}, {x});
  return net;
}

std::vector<Architecture> small_networks() {
  const ZooChoice choice{"small", {3, 12, 12}, 5};
  ResidualShape shape;
  shape.stem = 4;
  shape.widths = {4, 6};
  shape.blocks = {2, 1};
  shape.strides = {1, 2};
  std::vector<Architecture> networks = {make_residual(choice, shape)};
  shape.bottleneck = true;
  networks.push_back(make_residual(choice, shape));
  shape.imagenet = true;
  networks.push_back(make_residual(choice, shape));
  networks.push_back(pooled_network({3, 12, 12}));
  return networks;
}

/// The same function in libtorch and as exported, on random images and random statistics.
void expect_same_function(const Architecture& architecture,
                          const std::optional<QuantizeConfig>& quantized) {
  SCOPED_TRACE(architecture.name() + (quantized ? ", rounded" : ""));
  torch::manual_seed(3);
  TrainableNetwork network(architecture, quantized);
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
    ASSERT_EQ(static_cast<std::int64_t>(logits.size()), expected.size(1));
    for (std::size_t k = 0; k < logits.size(); ++k) {
      const auto real = expected[n][static_cast<std::int64_t>(k)].item<float>();
      EXPECT_NEAR(logits[k], real, 1e-4 * (1 + std::abs(real)));
    }
  }
}

TEST(TrainableNetwork, TheExportedNetworkIsTheSameFunction) {
  for (const Architecture& architecture : small_networks()) {
    expect_same_function(architecture, std::nullopt);
    expect_same_function(architecture, kEightBits);
  }
}

TEST(TrainableNetwork, ShortcutsAreProjectedOnlyWhereShapesChange) {
  TrainableNetwork network(small_networks().front(), std::nullopt);
  int projections = 0;
  for (const FloatNode& node : network.exported().nodes) {
    if (node.name.find("shortcut") != std::string::npos) ++projections;
  }
  EXPECT_EQ(projections, 1);
}

TEST(TrainableNetwork, TheZoosClassifiersHaveTheirPublishedParametersAndShapes) {
  for (const char* name : {"resnet18", "resnet50", "vgg11", "vgg16", "vgg19"}) {
    SCOPED_TRACE(name);
    const ZooChoice choice{name, {3, 32, 32}, 10};
    const UntrainedNetwork untrained = make_untrained(choice);
    TrainableNetwork network(make_architecture(choice), kEightBits);
    std::uint64_t parameters = 0;
    for (const torch::Tensor& p : network.parameters()) {
      parameters += static_cast<std::uint64_t>(p.numel());
    }
    EXPECT_EQ(parameters, untrained.counts.parameters());

    const FloatNetwork exported = network.exported();
    const std::vector<Shape> shapes = tensor_shapes(exported);
    ASSERT_EQ(exported.nodes.size(), untrained.graph.nodes.size());
    for (std::size_t i = 0; i < exported.nodes.size(); ++i) {
      EXPECT_EQ(exported.nodes[i].name, untrained.graph.nodes[i].name);
      EXPECT_EQ(shapes[i + 1], untrained.graph.tensor(untrained.graph.nodes[i].output).shape);
    }
  }
}

TEST(TrainableNetwork, RoundedWeightsLearnStraightThrough) {
  torch::manual_seed(5);
  TrainableNetwork plain(small_networks().back(), std::nullopt);
  TrainableNetwork rounded(small_networks().back(), kEightBits);
  const torch::Tensor images = torch::randn({4, 3, 12, 12});
  {
    const torch::NoGradGuard no_gradients;
    const auto from = rounded.named_parameters();
    for (auto& item : plain.named_parameters()) {  // the rounded weights in the plain network
      const bool weight = item.key().find("weight") != std::string::npos &&
                          item.key().find("norm") == std::string::npos;
      item.value().copy_(weight ? round_weights(from[item.key()], kEightBits) : from[item.key()]);
    }
  }
  const torch::Tensor expected = plain.forward(images);
  const torch::Tensor actual = rounded.forward(images);
  EXPECT_TRUE(torch::equal(actual, expected));
  expected.square().sum().backward();
  actual.square().sum().backward();
  const auto gradients = rounded.named_parameters();
  for (const auto& item : plain.named_parameters()) {
    EXPECT_TRUE(torch::equal(gradients[item.key()].grad(), item.value().grad())) << item.key();
  }
}

TEST(TrainableNetwork, OtherNetworksAreNoClassifiers) {
  EXPECT_NO_THROW(require_classifier(make_architecture({"vgg11"})));
  for (const char* name : {"conv_l", "deconv_s", "unet_s"}) {
    try {
      require_classifier(make_architecture({name}));
      FAIL() << name;
    } catch (const InputError& error) {
      EXPECT_NE(std::string(error.what()).find(name), std::string::npos) << error.what();
      EXPECT_NE(std::string(error.what()).find("layer '"), std::string::npos) << error.what();
    }
  }
}

}  // namespace
}  // namespace brownout::models
