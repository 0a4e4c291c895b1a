// SPDX-License-Identifier: Apache-2.0
#include "models/reference_ops.h"

#include <algorithm>

#include "models/requantize.h"

namespace brownout::models {
namespace {

/// Calls visit(input y, input x, kernel y, kernel x) for each tap of output (y, x) inside the
/// image.
template <class Visit>
void for_each_tap(const Window& w, const Shape& input, int y, int x, Visit visit) {
  for (int ky = 0; ky < w.kernel_h; ++ky) {
    for (int kx = 0; kx < w.kernel_w; ++kx) {
      const int iy =
          source_index(y * w.stride_h - w.pad_top + ky * w.dilation_h, w.spread_h, input.height);
      const int ix =
          source_index(x * w.stride_w - w.pad_left + kx * w.dilation_w, w.spread_w, input.width);
      if (iy >= 0 && ix >= 0) visit(iy, ix, ky, kx);
    }
  }
}

/// Calls compute(y, x, channel) for every element of `shape` in HWC order.
template <class Compute>
void for_each_output(const Shape& shape, Compute compute) {
  for (int y = 0; y < shape.height; ++y) {
    for (int x = 0; x < shape.width; ++x) {
      for (int c = 0; c < shape.channels; ++c) compute(y, x, c);
    }
  }
}

Activation empty_like(const Shape& shape, int zero_point) {
  return {shape, zero_point, std::vector<std::uint8_t>(shape.elements())};
}

}  // namespace

std::vector<std::int32_t> accumulate_conv(const Activation& input, const Conv& conv,
                                          const std::vector<std::int8_t>& weights) {
  const Window& w = conv.window;
  const Shape out = output_shape(input.shape, w, static_cast<int>(conv.bias.size()));
  const int group_inputs = input.shape.channels / conv.groups;
  const int group_outputs = out.channels / conv.groups;
  std::vector<std::int32_t> accumulators(out.elements());
  for_each_output(out, [&](int y, int x, int n) {
    // Unsigned, because overflow must wrap.
    auto sum = static_cast<std::uint32_t>(conv.bias[static_cast<std::size_t>(n)]);
    const int first_channel = n / group_outputs * group_inputs;
    for_each_tap(w, input.shape, y, x, [&](int iy, int ix, int ky, int kx) {
      for (int c = 0; c < group_inputs; ++c) {
        const int code = input.codes[input.shape.offset(iy, ix, first_channel + c)];
        const std::size_t k =
            ((static_cast<std::size_t>(n) * static_cast<std::size_t>(group_inputs) +
              static_cast<std::size_t>(c)) *
                 static_cast<std::size_t>(w.kernel_h) +
             static_cast<std::size_t>(ky)) *
                static_cast<std::size_t>(w.kernel_w) +
            static_cast<std::size_t>(kx);
        sum += static_cast<std::uint32_t>((code - input.zero_point) * weights[k]);
      }
    });
    accumulators[out.offset(y, x, n)] = static_cast<std::int32_t>(sum);
  });
  return accumulators;
}

Activation reference_max_pool(const Activation& input, const MaxPool& pool) {
  Activation output =
      empty_like(output_shape(input.shape, pool.window, input.shape.channels), input.zero_point);
  for_each_output(output.shape, [&](int y, int x, int c) {
    std::uint8_t largest = 0;
    for_each_tap(pool.window, input.shape, y, x, [&](int iy, int ix, int, int) {
      largest = std::max(largest, input.codes[input.shape.offset(iy, ix, c)]);
    });
    output.codes[output.shape.offset(y, x, c)] = largest;
  });
  return output;
}

Activation reference_average_pool(const Activation& input, const AveragePool& pool) {
  Activation output = empty_like(output_shape(input.shape, pool.window, input.shape.channels),
                                 pool.requantizer.zero_point);
  for_each_output(output.shape, [&](int y, int x, int c) {
    std::int32_t sum = 0;
    for_each_tap(pool.window, input.shape, y, x, [&](int iy, int ix, int, int) {
      sum += input.codes[input.shape.offset(iy, ix, c)] - input.zero_point;
    });
    output.codes[output.shape.offset(y, x, c)] =
        requantize(pool.requantizer, static_cast<std::size_t>(c), sum);
  });
  return output;
}

Activation reference_add(const Activation& a, const Activation& b, const Add& add) {
  Activation output = empty_like(a.shape, add.zero_point);
  for (std::size_t i = 0; i < output.codes.size(); ++i) {
    output.codes[i] = add_codes(add, a.codes[i] - a.zero_point, b.codes[i] - b.zero_point);
  }
  return output;
}

Activation reference_concat(const std::vector<const Activation*>& inputs, const Concat& concat) {
  Shape shape = inputs.front()->shape;
  shape.channels = 0;
  for (const Activation* input : inputs) shape.channels += input->shape.channels;
  Activation output = empty_like(shape, concat.requantizer.zero_point);
  int first_channel = 0;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const Activation& input = *inputs[i];
    for_each_output(input.shape, [&](int y, int x, int c) {
      output.codes[shape.offset(y, x, first_channel + c)] = requantize(
          concat.requantizer, i, input.codes[input.shape.offset(y, x, c)] - input.zero_point);
    });
    first_channel += input.shape.channels;
  }
  return output;
}

Activation reference_rearrange(const Activation& input, const Rearrange& rearrange) {
  Activation output = empty_like(
      {static_cast<int>(rearrange.channels.size()), static_cast<int>(rearrange.rows.size()),
       static_cast<int>(rearrange.columns.size())},
      input.zero_point);
  for_each_output(output.shape, [&](int y, int x, int c) {
    const int row = rearrange.rows[static_cast<std::size_t>(y)];
    const int column = rearrange.columns[static_cast<std::size_t>(x)];
    const int channel = rearrange.channels[static_cast<std::size_t>(c)];
    const bool inside = row >= 0 && column >= 0 && channel >= 0;
    output.codes[output.shape.offset(y, x, c)] =
        inside ? input.codes[input.shape.offset(row, column, channel)]
               : static_cast<std::uint8_t>(input.zero_point);
  });
  return output;
}

Activation reference_table(const Activation& input, const Table& table) {
  Activation output = empty_like(input.shape, table.zero_point);
  std::transform(input.codes.begin(), input.codes.end(), output.codes.begin(),
                 [&](std::uint8_t code) { return table.codes[code]; });
  return output;
}

Activation reference_relu(const Activation& input) {
  Activation output = input;
  const auto zero = static_cast<std::uint8_t>(input.zero_point);
  for (std::uint8_t& code : output.codes) code = std::max(code, zero);
  return output;
}

Activation reference_flatten(const Activation& input) {
  Activation output =
      empty_like({static_cast<int>(input.shape.elements()), 1, 1}, input.zero_point);
  std::size_t next = 0;
  for (int c = 0; c < input.shape.channels; ++c) {
    for (int y = 0; y < input.shape.height; ++y) {
      for (int x = 0; x < input.shape.width; ++x) {
        output.codes[next++] = input.codes[input.shape.offset(y, x, c)];
      }
    }
  }
  return output;
}

std::vector<std::uint8_t> reference_requantize(const std::vector<std::int32_t>& accumulators,
                                               const Requantizer& requantizer, int channels) {
  std::vector<std::uint8_t> codes(accumulators.size());
  for (std::size_t i = 0; i < codes.size(); ++i) {
    codes[i] = requantize(requantizer, i % static_cast<std::size_t>(channels), accumulators[i]);
  }
  return codes;
}

}  // namespace brownout::models
