// SPDX-License-Identifier: Apache-2.0
// ResNet and VGG.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "models/zoo/families.h"
#include "models/zoo/network_maker.h"

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

struct ResidualStage {
  int channels = 64;
  int expansion = 1;  ///< 4: bottleneck blocks
};

TensorId residual_block(NetworkMaker& maker, const std::string& name, TensorId from,
                        const ResidualStage& stage, int stride) {
  const int out = stage.channels * stage.expansion;
  TensorId main = from;
  if (stage.expansion == 1) {
    main = maker.conv(name + ".conv1", main, plain(stage.channels, 3, stride, true));
    main = maker.conv(name + ".conv2", main, plain(out, 3, 1, false));
  } else {
    main = maker.conv(name + ".conv1", main, plain(stage.channels, 1, 1, true));
    main = maker.conv(name + ".conv2", main, plain(stage.channels, 3, stride, true));
    main = maker.conv(name + ".conv3", main, plain(out, 1, 1, false));
  }
  TensorId shortcut = from;
  if (stride != 1 || maker.shape(from).channels != out) {
    shortcut = maker.conv(name + ".shortcut", from, plain(out, 1, stride, false));
  }
  return maker.add_relu(name + ".add", main, shortcut);
}

std::vector<int> vgg_stages(int depth) {
  static const std::map<int, std::vector<int>> kConvs = {
      {11, {1, 1, 2, 2, 2}}, {16, {2, 2, 3, 3, 3}}, {19, {2, 2, 4, 4, 4}}};
  return kConvs.at(depth);
}

}  // namespace

UntrainedNetwork make_resnet(const ZooChoice& choice, int depth, bool imagenet) {
  const std::array<int, 4> blocks =
      depth == 18 ? std::array<int, 4>{2, 2, 2, 2} : std::array<int, 4>{3, 4, 6, 3};
  NetworkMaker maker(choice.name, choice.input);
  ConvLayer stem = imagenet ? plain(64, 7, 2, true) : plain(64, 3, 1, true);
  stem.relu_is_module = imagenet;  // the CIFAR form calls the function
  TensorId x = maker.conv("conv1", maker.input(), stem);
  if (imagenet) x = maker.max_pool("pool1", x, pool_window(3, 2, 1));
  ResidualStage stage{64, depth == 18 ? 1 : 4};
  for (std::size_t s = 0; s < blocks.size(); ++s) {
    for (int b = 0; b < blocks.at(s); ++b) {
      const int stride = s > 0 && b == 0 ? 2 : 1;
      x = residual_block(maker, fmt::format("layer{}.{}", s + 1, b), x, stage, stride);
    }
    stage.channels *= 2;
  }
  x = maker.global_average("average", x, imagenet);
  maker.linear("linear", x, choice.classes, false);
  return maker.finish();
}

UntrainedNetwork make_vgg(const ZooChoice& choice, int depth, bool imagenet) {
  NetworkMaker maker(choice.name, choice.input);
  TensorId x = maker.input();
  int index = 0;
  int stage = 0;
  ConvLayer layer;
  for (const int convs : vgg_stages(depth)) {
    layer.channels = std::min(64 << stage, 512);
    for (int i = 0; i < convs; ++i) x = maker.conv(fmt::format("conv{}", ++index), x, layer);
    x = maker.max_pool(fmt::format("pool{}", ++stage), x, pool_window(2, 2, 0));
  }
  if (imagenet) {
    x = maker.linear("linear1", x, 4096, true);
    x = maker.linear("linear2", x, 4096, true);
    maker.linear("linear3", x, choice.classes, false);
  } else {
    x = maker.global_average("average", x, true);
    maker.linear("linear", x, choice.classes, false);
  }
  return maker.finish();
}

}  // namespace brownout::models
