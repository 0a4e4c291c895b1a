// SPDX-License-Identifier: Apache-2.0
// Transposed convolution as a convolution over a spread input, against the scatter that defines it.
#include "models/transposed_conv.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "models/reference_ops.h"
#include "sim/core/error.h"
#include "tests/support/random_graph.h"

namespace brownout::models {
namespace {

/// A transposed convolution with PyTorch's attributes and weights.
struct Case {
  TransposedWindow window;
  int groups = 1;
  Activation input;
  int outputs = 1;
  std::vector<std::int8_t> weights;  // [in][out / groups][kernel_h][kernel_w]
};

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  int roll(int low, int high) {
    return low + static_cast<int>(engine_() % static_cast<std::uint64_t>(high - low + 1));
  }

 private:
  std::mt19937_64 engine_;
};

Shape output_of(const Case& c) {
  const Window& w = c.window.window;
  return {c.outputs,
          (c.input.shape.height - 1) * w.stride_h - w.pad_top - w.pad_bottom +
              w.dilation_h * (w.kernel_h - 1) + 1 + c.window.output_padding_h,
          (c.input.shape.width - 1) * w.stride_w - w.pad_left - w.pad_right +
              w.dilation_w * (w.kernel_w - 1) + 1 + c.window.output_padding_w};
}

/// Every input pixel adds its kernel to the output, as the operator is defined.
std::vector<std::int32_t> scatter(const Case& c) {
  const Window& w = c.window.window;
  const Shape& in = c.input.shape;
  const Shape out = output_of(c);
  const int in_group = in.channels / c.groups;
  const int out_group = c.outputs / c.groups;
  std::vector<std::int32_t> sums(out.elements(), 0);
  std::size_t next = 0;
  for (int ci = 0; ci < in.channels; ++ci) {
    for (int co = 0; co < out_group; ++co) {
      const int channel = ci / in_group * out_group + co;
      for (int ky = 0; ky < w.kernel_h; ++ky) {
        for (int kx = 0; kx < w.kernel_w; ++kx) {
          const int weight = c.weights[next++];
          for (int y = 0; y < in.height; ++y) {
            for (int x = 0; x < in.width; ++x) {
              const int oy = y * w.stride_h - w.pad_top + ky * w.dilation_h;
              const int ox = x * w.stride_w - w.pad_left + kx * w.dilation_w;
              if (oy < 0 || oy >= out.height || ox < 0 || ox >= out.width) continue;
              sums[out.offset(oy, ox, channel)] +=
                  weight * (c.input.codes[in.offset(y, x, ci)] - c.input.zero_point);
            }
          }
        }
      }
    }
  }
  return sums;
}

Case roll_case(std::uint64_t seed) {
  Dice dice(seed);
  Case c;
  Window& w = c.window.window;
  w = {dice.roll(1, 5), dice.roll(1, 5), dice.roll(1, 4), dice.roll(1, 4)};
  w.dilation_h = dice.roll(1, 3);
  w.dilation_w = dice.roll(1, 3);
  // Padding beyond the kernel's reach crops.
  w.pad_top = w.pad_bottom = dice.roll(0, 3);
  w.pad_left = dice.roll(0, 3);
  w.pad_right = dice.roll(0, 3);
  c.window.output_padding_h = dice.roll(0, w.stride_h - 1);
  c.window.output_padding_w = dice.roll(0, w.stride_w - 1);
  c.groups = dice.roll(1, 3);
  const int in = c.groups * dice.roll(1, 3);
  c.outputs = c.groups * dice.roll(1, 3);
  c.input = {{in, dice.roll(1, 6), dice.roll(1, 6)}, dice.roll(0, 255), {}};
  c.input.codes.resize(c.input.shape.elements());
  for (auto& code : c.input.codes) code = static_cast<std::uint8_t>(dice.roll(0, 255));
  c.weights = test_support::random_weights(static_cast<std::size_t>(in) *
                                               static_cast<std::size_t>(c.outputs / c.groups) *
                                               static_cast<std::size_t>(w.kernel_h * w.kernel_w),
                                           seed);
  return c;
}

bool crops(const Window& w) {
  return w.pad_top < 0 || w.pad_left < 0 || w.pad_bottom < 0 || w.pad_right < 0;
}

TEST(TransposedConv, EqualsTheScatterThatDefinesIt) {
  int cases = 0;
  int cropping = 0;
  for (std::uint64_t seed = 0; seed < 600; ++seed) {
    const Case c = roll_case(seed);
    const Shape out = output_of(c);
    if (out.height < 1 || out.width < 1) continue;
    SCOPED_TRACE("seed " + std::to_string(seed));
    Conv conv = transposed_conv(c.window, c.groups, c.input.shape.channels, c.weights);
    conv.bias.assign(static_cast<std::size_t>(c.outputs), 0);
    ASSERT_EQ(output_shape(c.input.shape, conv.window, c.outputs), out);
    ASSERT_EQ(accumulate_conv(c.input, conv, conv.weights), scatter(c));
    Node node{"n", conv, {TensorId(0)}, TensorId(1)};
    if (!crops(conv.window) || conv.window.is_spread()) {
      ASSERT_EQ(infer_shape(node, {c.input.shape}), out);
    } else {
      ASSERT_THROW(static_cast<void>(infer_shape(node, {c.input.shape})), InputError);
    }
    cropping += crops(conv.window) ? 1 : 0;
    ++cases;
  }
  EXPECT_GT(cases, 400);
  EXPECT_GT(cropping, 50);
}

TEST(TransposedConv, WeightsTurnBack) {
  const auto weights = test_support::random_weights(std::size_t{6} * 4 * 15, 3);  // [6][8 / 2][15]
  const auto turned = transpose_weights(weights, 6, 2, 15);
  EXPECT_NE(turned, weights);
  EXPECT_EQ(transpose_weights(turned, 8, 2, 15), weights);
}

TEST(TransposedConv, WeightsMustFillTheirGroups) {
  EXPECT_THROW(static_cast<void>(transpose_weights(std::vector<float>(7), 2, 1, 3)), InputError);
  EXPECT_THROW(static_cast<void>(transpose_weights(std::vector<float>(9), 3, 2, 3)), InputError);
  EXPECT_THROW(static_cast<void>(transpose_weights(std::vector<float>(), 2, 1, 3)), InputError);
}

}  // namespace
}  // namespace brownout::models
