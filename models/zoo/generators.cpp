// SPDX-License-Identifier: Apache-2.0
// The NeuralFuse generators. Where the paper's tables leave a reading open, its parameter and MAC
// counts (Table 7) decided.
#include <fmt/format.h>

#include <array>

#include "models/zoo/families.h"

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

std::size_t encoder(Architecture& net, bool large) {
  std::size_t x = 0;
  for (std::size_t i = 0; i < kLevels; ++i) {
    const int channels = large ? kLargeChannels.at(i) : kSmallChannels.at(i);
    x = net.add(fmt::format("encoder{}.conv1", i + 1), block(channels), {x});
    if (large) x = net.add(fmt::format("encoder{}.conv2", i + 1), block(channels), {x});
    x = net.add(fmt::format("encoder{}.pool", i + 1), MaxPoolLayer{halving()}, {x});
  }
  return x;
}

/// Two convolutions without bias.
std::size_t double_conv(Architecture& net, const std::string& name, std::size_t x, int channels) {
  ConvLayer layer = block(channels);
  layer.bias = false;
  x = net.add(name + ".conv1", layer, {x});
  return net.add(name + ".conv2", layer, {x});
}

}  // namespace

Architecture make_conv_generator(const ZooChoice& choice, bool large) {
  Architecture net(choice.name, choice.input);
  const int image = choice.input.channels;
  std::size_t x = encoder(net, large);
  const std::array<int, kLevels> channels =
      large ? std::array<int, kLevels>{128, 64, 32} : std::array<int, kLevels>{64, 32, image};
  for (std::size_t i = 0; i < kLevels; ++i) {
    const std::string name = fmt::format("decoder{}", i + 1);
    x = net.add(name + ".conv1", block(channels.at(i)), {x});
    x = net.add(name + ".up", UpsampleLayer{}, {x});
    if (large) x = net.add(name + ".conv2", block(channels.at(i)), {x});
  }
  x = net.add("last", last(block(image)), {x});
  net.add("tanh", TanhLayer{}, {x});
  return net;
}

Architecture make_deconv_generator(const ZooChoice& choice, bool large) {
  Architecture net(choice.name, choice.input);
  std::size_t x = encoder(net, large);
  if (large) x = net.add("middle", block(128), {x});
  int index = 0;
  for (const int channels : {64, 32}) {
    const std::string name = fmt::format("decoder{}", ++index);
    x = net.add(name + ".deconv", deconv_block(channels), {x});
    if (large) x = net.add(name + ".conv", block(channels), {x});
  }
  x = net.add("last", last(deconv_block(choice.input.channels)), {x});
  net.add("tanh", TanhLayer{}, {x});
  return net;
}

Architecture make_unet_generator(const ZooChoice& choice, bool large) {
  Architecture net(choice.name, choice.input);
  const int base = large ? 16 : 8;
  std::array<std::size_t, kLevels> skips;
  std::size_t x = 0;
  for (std::size_t i = 0; i < kLevels; ++i) {
    const std::string name = fmt::format("encoder{}", i + 1);
    x = skips.at(i) = double_conv(net, name, x, base << i);
    x = net.add(name + ".pool", MaxPoolLayer{halving()}, {x});
  }
  x = double_conv(net, "middle", x, base << kLevels);
  for (std::size_t i = kLevels; i-- > 0;) {
    const std::string name = fmt::format("decoder{}", kLevels - i);
    ConvLayer up;  // k 2, stride 2 doubles the extent without padding; no batch norm, no ReLU
    up.channels = base << i;
    up.kernel = up.stride = 2;
    up.padding = 0;
    up.transposed = true;
    up.batch_norm = up.relu = false;
    x = net.add(name + ".deconv", up, {x});
    x = net.add(name + ".concat", ConcatLayer{}, {skips.at(i), x});
    x = double_conv(net, name, x, base << i);
  }
  ConvLayer last_conv;  // the published code has no tanh here
  last_conv.channels = choice.input.channels;
  last_conv.kernel = 1;
  last_conv.padding = 0;
  last_conv.batch_norm = last_conv.relu = false;
  net.add("last", last_conv, {x});
  return net;
}

}  // namespace brownout::models
