// SPDX-License-Identifier: Apache-2.0
#include "tests/support/random_window.h"

#include <algorithm>

namespace brownout::test_support {
namespace {

/// A window along one axis.
struct Axis {
  int kernel = 1, stride = 1, dilation = 1, before = 0, after = 0, spread = 1;
};

Axis roll_axis(Dice& dice, int extent, const RandomGraphLimits& limits, bool wide_padding) {
  Axis axis;
  axis.kernel = dice.roll(1, limits.max_kernel);
  axis.dilation = dice.one_in(3) ? dice.roll(1, limits.max_dilation) : 1;
  axis.stride = dice.one_in(2) ? 1 : dice.roll(1, limits.max_stride);
  const int reach = axis.dilation * (axis.kernel - 1);
  // A pooling window never lies in the padding alone.
  const int widest = std::min(reach + (wide_padding ? 1 : 0), limits.max_kernel);
  if (dice.one_in(2)) {
    axis.before = dice.roll(0, widest);
    axis.after = dice.roll(0, widest);
  }
  if (extent + axis.before + axis.after < reach + 1) axis = Axis{};
  return axis;
}

/// `crops`: padding may be negative. An image that is large already is spread no further.
Axis roll_spread_axis(Dice& dice, int extent, const RandomGraphLimits& limits, bool crops) {
  Axis axis;
  axis.kernel = dice.roll(1, limits.max_kernel);
  axis.dilation = dice.one_in(4) ? dice.roll(1, limits.max_dilation) : 1;
  axis.stride = dice.one_in(5) ? dice.roll(1, limits.max_stride) : 1;
  if (extent <= limits.max_extent) axis.spread = dice.one_in(6) ? 1 : dice.roll(2, 3);
  const int reach = axis.dilation * (axis.kernel - 1);
  axis.before = dice.roll(crops ? -1 : 0, reach);
  axis.after = dice.roll(crops ? -1 : 0, reach + (axis.spread > 1 ? 1 : 0));
  const int spread_extent = (extent - 1) * axis.spread + 1;
  if (spread_extent + axis.before + axis.after < reach + 1) {
    axis.kernel = 1;
    axis.before = axis.after = 0;
  }
  return axis;
}

models::Window window_of(const Axis& v, const Axis& h) {
  return {v.kernel, h.kernel, v.stride,   h.stride,   v.before, h.before,
          v.after,  h.after,  v.dilation, h.dilation, v.spread, h.spread};
}

}  // namespace

models::Window random_window(Dice& dice, const models::Shape& input,
                             const RandomGraphLimits& limits, bool wide_padding) {
  if (wide_padding && dice.one_in(8)) {  // a linear layer
    models::Window whole;
    whole.kernel_h = input.height;
    whole.kernel_w = input.width;
    return whole;
  }
  const Axis v = roll_axis(dice, input.height, limits, wide_padding);
  const Axis h = roll_axis(dice, input.width, limits, wide_padding);
  return window_of(v, h);
}

models::Window random_spread_window(Dice& dice, const models::Shape& input,
                                    const RandomGraphLimits& limits) {
  const bool crops = dice.one_in(3);
  const Axis v = roll_spread_axis(dice, input.height, limits, crops);
  const Axis h = roll_spread_axis(dice, input.width, limits, crops);
  models::Window window = window_of(v, h);
  if (!window.is_spread()) return random_window(dice, input, limits, true);
  return window;
}

}  // namespace brownout::test_support
