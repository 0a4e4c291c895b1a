// SPDX-License-Identifier: Apache-2.0
#include "fuse/train/differentiable_ops.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace brownout::fuse {
namespace {

using models::Window;

/// Rounding and clamping whose gradient is the clamp's.
class RoundedCodes : public torch::autograd::Function<RoundedCodes> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& real,
                               double step, double lowest, double highest) {
    context->save_for_backward({real});
    context->saved_data["lowest"] = lowest;
    context->saved_data["highest"] = highest;
    // In float32: bfloat16 cannot tell 255 codes apart.
    return real.to(torch::kFloat32)
        .div(step)
        .add_(0.5)
        .floor_()
        .mul_(step)
        .clamp_(lowest, highest)
        .to(real.scalar_type());
  }

  static torch::autograd::tensor_list backward(torch::autograd::AutogradContext* context,
                                               const torch::autograd::tensor_list& gradients) {
    const torch::Tensor real = context->get_saved_variables().front();
    const torch::Tensor inside =
        real.ge(context->saved_data["lowest"].toDouble())
            .logical_and_(real.le(context->saved_data["highest"].toDouble()));
    return {gradients.front() * inside, {}, {}, {}};
  }
};

/// `value` as a tensor of that type holds it.
double as_held(double value, torch::ScalarType type) {
  const auto single = static_cast<float>(value);
  return type == torch::kBFloat16 ? static_cast<double>(c10::BFloat16(single))
                                  : static_cast<double>(single);
}

/// Clamping that keeps its result instead of its argument; libtorch's own has no bfloat16 gradient.
class ClampedCodes : public torch::autograd::Function<ClampedCodes> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& real,
                               double lowest, double highest) {
    torch::Tensor result = real.clamp(lowest, highest);
    context->save_for_backward({result});
    context->saved_data["lowest"] = as_held(lowest, real.scalar_type());
    context->saved_data["highest"] = as_held(highest, real.scalar_type());
    return result;
  }

  static torch::autograd::tensor_list backward(torch::autograd::AutogradContext* context,
                                               const torch::autograd::tensor_list& gradients) {
    const torch::Tensor result = context->get_saved_variables().front();
    const double lowest = context->saved_data["lowest"].toDouble();
    torch::Tensor gradient = torch::threshold_backward(gradients.front(), result, lowest);
    gradient.masked_fill_(result.ge(context->saved_data["highest"].toDouble()), 0);
    return {gradient, {}, {}};
  }
};

bool is_symmetric(const Window& w) {
  return w.pad_top == w.pad_bottom && w.pad_left == w.pad_right && w.pad_top >= 0 &&
         w.pad_left >= 0;
}

torch::Tensor padded(const torch::Tensor& input, const Window& w, double value) {
  return torch::constant_pad_nd(input, {w.pad_left, w.pad_right, w.pad_top, w.pad_bottom}, value);
}

/// Zeros between neighbouring pixels.
torch::Tensor spread(const torch::Tensor& input, const Window& w) {
  if (!w.is_spread()) return input;
  const torch::Tensor cells = torch::constant_pad_nd(
      input.unsqueeze(3).unsqueeze(5), {0, w.spread_w - 1, 0, 0, 0, w.spread_h - 1}, 0);
  return cells.flatten(4, 5)
      .flatten(2, 3)
      .slice(2, 0, (input.size(2) - 1) * w.spread_h + 1)
      .slice(3, 0, (input.size(3) - 1) * w.spread_w + 1);
}

torch::Tensor picked(const torch::Tensor& input, std::int64_t dimension,
                     const std::vector<int>& indices) {
  std::vector<std::int64_t> from;
  std::vector<float> present;
  bool complete = true;
  for (const int index : indices) {
    from.push_back(std::max(index, 0));
    present.push_back(index < 0 ? 0.0F : 1.0F);
    complete = complete && index >= 0;
  }
  torch::Tensor result = input.index_select(dimension, torch::tensor(from, torch::kInt64));
  if (complete) return result;
  std::vector<std::int64_t> extents(4, 1);
  extents[static_cast<std::size_t>(dimension)] = -1;
  return result * torch::tensor(present).view(extents).to(result.scalar_type());
}

}  // namespace

torch::Tensor to_codes(const torch::Tensor& real, const CodeRange& range, bool rounded) {
  if (rounded) return RoundedCodes::apply(real, range.step, range.lowest, range.highest);
  return ClampedCodes::apply(real, range.lowest, range.highest);
}

torch::Tensor convolve(const torch::Tensor& input, const models::Conv& conv,
                       const torch::Tensor& weights, const torch::Tensor& bias) {
  const Window& w = conv.window;
  const bool whole = input.size(2) == w.kernel_h && input.size(3) == w.kernel_w &&
                     w.pad_top + w.pad_bottom + w.pad_left + w.pad_right == 0 && conv.groups == 1 &&
                     !w.is_spread() && w.dilation_h == 1 && w.dilation_w == 1;
  if (whole) {
    return torch::linear(input.flatten(1), weights.flatten(1), bias).unsqueeze(2).unsqueeze(3);
  }
  const bool symmetric = is_symmetric(w);
  const torch::Tensor from = symmetric ? spread(input, w) : padded(spread(input, w), w, 0);
  const std::vector<std::int64_t> padding = symmetric
                                                ? std::vector<std::int64_t>{w.pad_top, w.pad_left}
                                                : std::vector<std::int64_t>{0, 0};
  return torch::conv2d(from, weights, bias, {w.stride_h, w.stride_w}, padding,
                       {w.dilation_h, w.dilation_w}, conv.groups);
}

torch::Tensor max_pool(const torch::Tensor& input, const Window& w, double lowest) {
  // libtorch pads by no more than half a window, and then every window has a pixel.
  const bool direct = is_symmetric(w) && 2 * w.pad_top <= w.kernel_h &&
                      2 * w.pad_left <= w.kernel_w && w.dilation_h == 1 && w.dilation_w == 1;
  const torch::Tensor from = direct ? input : padded(input, w, lowest);
  const std::vector<std::int64_t> padding =
      direct ? std::vector<std::int64_t>{w.pad_top, w.pad_left} : std::vector<std::int64_t>{0, 0};
  return torch::max_pool2d(from, {w.kernel_h, w.kernel_w}, {w.stride_h, w.stride_w}, padding,
                           {w.dilation_h, w.dilation_w});
}

torch::Tensor sum_pool(const torch::Tensor& input, const Window& w) {
  const bool whole = input.size(2) == w.kernel_h && input.size(3) == w.kernel_w &&
                     w.pad_top + w.pad_bottom + w.pad_left + w.pad_right == 0;
  if (whole) return input.sum({2, 3}, true);
  if (w.dilation_h > 1 || w.dilation_w > 1) {
    const torch::Tensor ones =
        torch::ones({input.size(1), 1, w.kernel_h, w.kernel_w}, input.options());
    return torch::conv2d(padded(input, w, 0), ones, {}, {w.stride_h, w.stride_w},
                         std::vector<std::int64_t>{0, 0}, {w.dilation_h, w.dilation_w},
                         input.size(1));
  }
  return torch::avg_pool2d(padded(input, w, 0), {w.kernel_h, w.kernel_w}, {w.stride_h, w.stride_w},
                           {0, 0}, false, true, 1);
}

torch::Tensor rearrange(const torch::Tensor& input, const models::Rearrange& picks) {
  return picked(picked(picked(input, 1, picks.channels), 2, picks.rows), 3, picks.columns);
}

torch::Tensor look_up(const torch::Tensor& input, const models::Table& table,
                      const models::Tensor& in, const models::Tensor& out) {
  std::vector<float> values;
  std::vector<float> slopes;
  const auto value = [&](int code) {
    const auto index = static_cast<std::size_t>(std::clamp(code, 0, 255));
    return out.scale.front() * (table.codes.at(index) - table.zero_point);
  };
  for (int code = 0; code < 256; ++code) {
    values.push_back(static_cast<float>(value(code)));
    slopes.push_back(
        static_cast<float>((value(code + 1) - value(code - 1)) / (2 * in.scale.front())));
  }
  const torch::Tensor real = input.detach().to(torch::kFloat32);
  const torch::Tensor codes = real.div(in.scale.front())
                                  .add_(in.zero_point + 0.5)
                                  .floor_()
                                  .clamp_(0, 255)
                                  .to(torch::kInt64);
  const torch::Tensor result = torch::tensor(values).index({codes});
  const torch::Tensor slope = torch::tensor(slopes).index({codes});
  return (result + slope * (input.to(torch::kFloat32) - real)).to(input.scalar_type());
}

}  // namespace brownout::fuse
