// SPDX-License-Identifier: Apache-2.0
// The NeuralFuse generators. Where the paper's tables leave a reading open, its parameter and MAC
// counts (Table 7) decided.
#include <fmt/format.h>

#include <array>

#include "models/zoo/families.h"
#include "models/zoo/network_maker.h"

namespace brownout::models {
namespace {

constexpr std::size_t kLevels = 3;  // halvings of the input
constexpr std::array<int, kLevels> kLargeChannels = {32, 64, 128};
constexpr std::array<int, kLevels> kSmallChannels = {32, 64, 64};

Window halving() {
  Window window;
  window.kernel_h = window.kernel_w = window.stride_h = window.stride_w = 2;
  return window;
}

/// 3 x 3 convolution, batch norm, ReLU.
ConvLayer block(int channels) {
  ConvLayer layer;
  layer.channels = channels;
  return layer;
}

/// The last one before tanh: batch norm, no ReLU.
ConvLayer last(ConvLayer layer) {
  layer.relu = false;
  return layer;
}

/// Doubles the extent: k 4, stride 2, padding 1, batch norm, ReLU.
ConvLayer deconv_block(int channels) {
  ConvLayer layer = block(channels);
  layer.kernel = 4;
  layer.stride = 2;
  layer.transposed = true;
  return layer;
}

TensorId encoder(NetworkMaker& maker, bool large) {
  TensorId x = maker.input();
  for (std::size_t i = 0; i < kLevels; ++i) {
    const int channels = large ? kLargeChannels.at(i) : kSmallChannels.at(i);
    x = maker.conv(fmt::format("encoder{}.conv1", i + 1), x, block(channels));
    if (large) x = maker.conv(fmt::format("encoder{}.conv2", i + 1), x, block(channels));
    x = maker.max_pool(fmt::format("encoder{}.pool", i + 1), x, halving());
  }
  return x;
}

/// Two convolutions without bias.
TensorId double_conv(NetworkMaker& maker, const std::string& name, TensorId x, int channels) {
  ConvLayer layer = block(channels);
  layer.bias = false;
  x = maker.conv(name + ".conv1", x, layer);
  return maker.conv(name + ".conv2", x, layer);
}

}  // namespace

UntrainedNetwork make_conv_generator(const ZooChoice& choice, bool large) {
  NetworkMaker maker(choice.name, choice.input);
  const int image = choice.input.channels;
  TensorId x = encoder(maker, large);
  const std::array<int, kLevels> channels =
      large ? std::array<int, kLevels>{128, 64, 32} : std::array<int, kLevels>{64, 32, image};
  for (std::size_t i = 0; i < kLevels; ++i) {
    const std::string name = fmt::format("decoder{}", i + 1);
    x = maker.conv(name + ".conv1", x, block(channels.at(i)));
    x = maker.upsample(name + ".up", x);
    if (large) x = maker.conv(name + ".conv2", x, block(channels.at(i)));
  }
  x = maker.conv("last", x, last(block(image)));
  maker.tanh("tanh", x);
  return maker.finish();
}

UntrainedNetwork make_deconv_generator(const ZooChoice& choice, bool large) {
  NetworkMaker maker(choice.name, choice.input);
  TensorId x = encoder(maker, large);
  if (large) x = maker.conv("middle", x, block(128));
  int index = 0;
  for (const int channels : {64, 32}) {
    const std::string name = fmt::format("decoder{}", ++index);
    x = maker.conv(name + ".deconv", x, deconv_block(channels));
    if (large) x = maker.conv(name + ".conv", x, block(channels));
  }
  x = maker.conv("last", x, last(deconv_block(choice.input.channels)));
  maker.tanh("tanh", x);
  return maker.finish();
}

UntrainedNetwork make_unet_generator(const ZooChoice& choice, bool large) {
  NetworkMaker maker(choice.name, choice.input);
  const int base = large ? 16 : 8;
  std::array<TensorId, kLevels> skips;
  TensorId x = maker.input();
  for (std::size_t i = 0; i < kLevels; ++i) {
    const std::string name = fmt::format("encoder{}", i + 1);
    x = skips.at(i) = double_conv(maker, name, x, base << i);
    x = maker.max_pool(name + ".pool", x, halving());
  }
  x = double_conv(maker, "middle", x, base << kLevels);
  for (std::size_t i = kLevels; i-- > 0;) {
    const std::string name = fmt::format("decoder{}", kLevels - i);
    ConvLayer up;  // k 2, stride 2 doubles the extent without padding; no batch norm, no ReLU
    up.channels = base << i;
    up.kernel = up.stride = 2;
    up.padding = 0;
    up.transposed = true;
    up.batch_norm = up.relu = false;
    x = maker.conv(name + ".deconv", x, up);
    x = maker.concat(name + ".concat", skips.at(i), x);
    x = double_conv(maker, name, x, base << i);
  }
  ConvLayer last_conv;  // the published code has no tanh here
  last_conv.channels = choice.input.channels;
  last_conv.kernel = 1;
  last_conv.padding = 0;
  last_conv.batch_norm = last_conv.relu = false;
  maker.conv("last", x, last_conv);
  return maker.finish();
}

}  // namespace brownout::models
