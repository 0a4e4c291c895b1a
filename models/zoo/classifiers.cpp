// SPDX-License-Identifier: Apache-2.0
// ResNet and VGG.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "models/zoo/families.h"

namespace brownout::models {
namespace {

Window pool_window(int kernel, int stride, int padding) {
  Window window;
  window.kernel_h = window.kernel_w = kernel;
  window.stride_h = window.stride_w = stride;
  window.pad_top = window.pad_left = window.pad_bottom = window.pad_right = padding;
  return window;
}

/// A convolution without bias; its batch norm has one.
ConvLayer plain(int channels, int kernel, int stride, bool relu) {
  ConvLayer layer;
  layer.channels = channels;
  layer.kernel = kernel;
  layer.stride = stride;
  layer.padding = kernel / 2;
  layer.bias = false;
  layer.relu = relu;
  return layer;
}

/// One block as it differs from its neighbours.
struct ResidualBlock {
  std::string name;
  int width = 0;
  int stride = 1;
  bool bottleneck = false;
};

std::size_t add_block(Architecture& net, std::size_t from, const ResidualBlock& block) {
  constexpr int kExpansion = 4;
  const int out = block.width * (block.bottleneck ? kExpansion : 1);
  std::size_t main = from;
  int index = 0;
  const auto conv = [&](const ConvLayer& layer) {
    main = net.add(fmt::format("{}_conv{}", block.name, ++index), layer, {main});
  };
  if (block.bottleneck) {
    conv(plain(block.width, 1, 1, true));
    conv(plain(block.width, 3, block.stride, true));
    conv(plain(out, 1, 1, false));
  } else {
    conv(plain(out, 3, block.stride, true));
    conv(plain(out, 3, 1, false));
  }
  std::size_t shortcut = from;
  if (block.stride != 1 || net.shape(from).channels != out) {
    shortcut = net.add(block.name + "_shortcut", plain(out, 1, block.stride, false), {from});
  }
  return net.add(block.name + "_add", AddReluLayer{}, {main, shortcut});
}

std::vector<int> vgg_stages(int depth) {
  static const std::map<int, std::vector<int>> kConvs = {
      {11, {1, 1, 2, 2, 2}}, {16, {2, 2, 3, 3, 3}}, {19, {2, 2, 4, 4, 4}}};
  return kConvs.at(depth);
}

}  // namespace

Architecture make_residual(const ZooChoice& choice, const ResidualShape& shape) {
  Architecture net(choice.name, choice.input);
  ConvLayer stem = shape.imagenet ? plain(shape.stem, 7, 2, true) : plain(shape.stem, 3, 1, true);
  stem.relu_is_module = shape.imagenet;  // the CIFAR form calls the function
  std::size_t x = net.add("stem", stem, {0});
  if (shape.imagenet) x = net.add("stem_pool", MaxPoolLayer{pool_window(3, 2, 1)}, {x});
  int index = 0;
  for (std::size_t stage = 0; stage < shape.widths.size(); ++stage) {
    for (int i = 0; i < shape.blocks[stage]; ++i) {
      const int stride = i == 0 ? shape.strides[stage] : 1;
      x = add_block(
          net, x, {fmt::format("block{}", ++index), shape.widths[stage], stride, shape.bottleneck});
    }
  }
  x = net.add("pool", GlobalAverageLayer{shape.imagenet}, {x});
  net.add("classifier", LinearLayer{choice.classes}, {x});
  return net;
}

Architecture make_resnet(const ZooChoice& choice, int depth, bool imagenet) {
  ResidualShape shape;
  shape.stem = 64;
  shape.widths = {64, 128, 256, 512};
  shape.blocks = depth == 18 ? std::vector<int>{2, 2, 2, 2} : std::vector<int>{3, 4, 6, 3};
  shape.strides = {1, 2, 2, 2};
  shape.bottleneck = depth == 50;
  shape.imagenet = imagenet;
  return make_residual(choice, shape);
}

Architecture make_vgg(const ZooChoice& choice, int depth, bool imagenet) {
  Architecture net(choice.name, choice.input);
  std::size_t x = 0;
  int index = 0;
  int stage = 0;
  ConvLayer layer;
  for (const int convs : vgg_stages(depth)) {
    layer.channels = std::min(64 << stage, 512);
    for (int i = 0; i < convs; ++i) x = net.add(fmt::format("conv{}", ++index), layer, {x});
    x = net.add(fmt::format("pool{}", ++stage), MaxPoolLayer{pool_window(2, 2, 0)}, {x});
  }
  if (imagenet) {
    x = net.add("linear1", LinearLayer{4096, true}, {x});
    x = net.add("linear2", LinearLayer{4096, true}, {x});
    net.add("linear3", LinearLayer{choice.classes}, {x});
  } else {
    x = net.add("average", GlobalAverageLayer{}, {x});
    net.add("linear", LinearLayer{choice.classes}, {x});
  }
  return net;
}

}  // namespace brownout::models
