// SPDX-License-Identifier: Apache-2.0
#include "models/quantizer/float_evaluate.h"

#include <fmt/format.h>
#include <omp.h>
#include <oneapi/dnnl/dnnl.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "sim/core/error.h"

namespace brownout::models {
namespace {

using Values = std::vector<float>;

/// Our threads take one image each; oneDNN must not start more of them.
class OneThread {
 public:
  OneThread() : before_(omp_get_max_threads()) { omp_set_num_threads(1); }
  ~OneThread() { omp_set_num_threads(before_); }
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

 private:
  int before_;
};

std::size_t count(int value) { return static_cast<std::size_t>(value); }

/// Calls visit(tap, element of channel 0) for each tap of output pixel (y, x) inside the image.
template <class Visit>
void for_each_tap(const Window& w, const Shape& in, std::pair<int, int> output_at, Visit&& visit) {
  for (int ky = 0; ky < w.kernel_h; ++ky) {
    const int y = source_index(output_at.first * w.stride_h - w.pad_top + ky * w.dilation_h,
                               w.spread_h, in.height);
    if (y < 0) continue;
    for (int kx = 0; kx < w.kernel_w; ++kx) {
      const int x = source_index(output_at.second * w.stride_w - w.pad_left + kx * w.dilation_w,
                                 w.spread_w, in.width);
      if (x >= 0) visit(count(ky * w.kernel_w + kx), in.offset(y, x, 0));
    }
  }
}

/// Every output pixel's inputs of one group as a row, tap by tap; zeros in the padding.
Values columns_of(const FloatConv& conv, const Shape& in, const Shape& out, const Values& input,
                  int group) {
  const std::size_t channels = count(in.channels / conv.groups);
  const std::size_t first = count(group) * channels;
  const std::size_t row = count(conv.window.kernel_h * conv.window.kernel_w) * channels;
  Values columns(count(out.height * out.width) * row, 0.0F);
  for (int pixel = 0; pixel < out.height * out.width; ++pixel) {
    float* to = &columns[count(pixel) * row];
    for_each_tap(conv.window, in, {pixel / out.width, pixel % out.width},
                 [&](std::size_t tap, std::size_t element) {
                   std::copy_n(&input[element + first], channels, to + tap * channels);
                 });
  }
  return columns;
}

/// [out][in / groups][tap] as [out][tap][in / groups].
Values packed_weights(const FloatConv& conv) {
  const std::size_t taps = count(conv.window.kernel_h * conv.window.kernel_w);
  const std::size_t fan_in = conv.weights.size() / count(conv.outputs);
  const std::size_t inputs = fan_in / taps;
  Values packed(conv.weights.size());
  for (std::size_t i = 0; i < packed.size(); ++i) {
    const std::size_t k = i % fan_in;
    packed[i] = conv.weights[i - k + k % inputs * taps + k / inputs];
  }
  return packed;
}

float rectified(double value, bool relu, double ceiling) {
  return static_cast<float>(relu ? std::clamp(value, 0.0, ceiling) : value);
}

Values averaged(const FloatAveragePool& pool, const Shape& in, const Shape& out,
                const Values& input) {
  const std::size_t channels = count(out.channels);
  const auto size = static_cast<float>(pool.window.kernel_h * pool.window.kernel_w);
  Values result(out.elements(), 0.0F);
  for (int pixel = 0; pixel < out.height * out.width; ++pixel) {
    float* to = &result[count(pixel) * channels];
    for_each_tap(pool.window, in, {pixel / out.width, pixel % out.width},
                 [&](std::size_t, std::size_t element) {
                   for (std::size_t c = 0; c < channels; ++c) to[c] += input[element + c] / size;
                 });
  }
  return result;
}

Values maximum(const FloatMaxPool& pool, const Shape& in, const Shape& out, const Values& input) {
  const std::size_t channels = count(out.channels);
  Values result(out.elements(), std::numeric_limits<float>::lowest());
  for (int pixel = 0; pixel < out.height * out.width; ++pixel) {
    float* to = &result[count(pixel) * channels];
    for_each_tap(pool.window, in, {pixel / out.width, pixel % out.width},
                 [&](std::size_t, std::size_t element) {
                   for (std::size_t c = 0; c < channels; ++c) {
                     to[c] = std::max(to[c], input[element + c]);
                   }
                 });
  }
  return result;
}

Values sum(const FloatAdd& add, const Values& a, const Values& b) {
  Values result(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    result[i] = rectified(static_cast<double>(a[i] + b[i]), add.relu, add.ceiling);
  }
  return result;
}

Values flattened(const Shape& in, const Values& input) {
  Values result;
  result.reserve(input.size());
  const std::size_t channels = count(in.channels);
  for (std::size_t c = 0; c < channels; ++c) {
    for (std::size_t i = c; i < input.size(); i += channels) result.push_back(input[i]);
  }
  return result;
}

Values rearranged(const Rearrange& rearrange, const Shape& in, const Values& input) {
  Values result;
  for (const int row : rearrange.rows) {
    for (const int column : rearrange.columns) {
      for (const int channel : rearrange.channels) {
        const bool inside = row >= 0 && column >= 0 && channel >= 0;
        result.push_back(inside ? input[in.offset(row, column, channel)] : 0.0F);
      }
    }
  }
  return result;
}

}  // namespace

FloatEvaluator::FloatEvaluator(const FloatNetwork& network)
    : network_(network), shapes_(tensor_shapes(network)), packed_(network.nodes.size()) {
  for (std::size_t i = 0; i < network.nodes.size(); ++i) {
    const auto* conv = std::get_if<FloatConv>(&network.nodes[i].operation);
    if (conv == nullptr) continue;
    packed_[i].weights = packed_weights(*conv);
    for (std::size_t o = 0; o < count(conv->outputs); ++o) {
      packed_[i].affine.push_back(channel_affine(*conv, o));
    }
  }
}

Values FloatEvaluator::convolved(std::size_t node, const Values& input) const {
  const auto& conv = std::get<FloatConv>(network_.nodes[node].operation);
  const Shape& in = shapes_[network_.nodes[node].inputs.front()];
  const Shape& out = shapes_[node + 1];
  const Packed& packed = packed_[node];
  const std::size_t outputs = count(out.channels / conv.groups);
  const dnnl_dim_t pixels = dnnl_dim_t{out.height} * out.width;
  const auto fan_in = static_cast<dnnl_dim_t>(packed.weights.size() / count(out.channels));
  Values result(out.elements());
  for (int group = 0; group < conv.groups; ++group) {
    const Values columns = columns_of(conv, in, out, input, group);
    const float* weights =
        &packed.weights[count(group) * outputs * static_cast<std::size_t>(fan_in)];
    const dnnl_status_t status =
        dnnl_sgemm('N', 'T', pixels, static_cast<dnnl_dim_t>(outputs), fan_in, 1.0F, columns.data(),
                   fan_in, weights, fan_in, 0.0F, &result[count(group) * outputs], out.channels);
    require(status == dnnl_success, "oneDNN's matrix product failed");
  }
  for (std::size_t i = 0; i < result.size(); ++i) {
    const ChannelAffine& affine = packed.affine[i % count(out.channels)];
    result[i] = rectified(affine.gain * static_cast<double>(result[i]) + affine.offset, conv.relu,
                          conv.ceiling);
  }
  return result;
}

std::vector<Values> FloatEvaluator::values(Values image) const {
  if (image.size() != network_.input.elements()) {
    throw InputError(fmt::format("the image has {} values, network '{}' needs {}", image.size(),
                                 network_.name, network_.input.elements()));
  }
  const OneThread one_thread;
  std::vector<Values> values = {std::move(image)};
  values.reserve(network_.nodes.size() + 1);  // references into it stay
  for (std::size_t i = 0; i < network_.nodes.size(); ++i) {
    const FloatNode& node = network_.nodes[i];
    const Shape& in = shapes_[node.inputs.front()];
    const Values& input = values[node.inputs.front()];
    if (std::holds_alternative<FloatConv>(node.operation)) {
      values.push_back(convolved(i, input));
    } else if (const auto* average = std::get_if<FloatAveragePool>(&node.operation)) {
      values.push_back(averaged(*average, in, shapes_[i + 1], input));
    } else if (const auto* max = std::get_if<FloatMaxPool>(&node.operation)) {
      values.push_back(maximum(*max, in, shapes_[i + 1], input));
    } else if (const auto* add = std::get_if<FloatAdd>(&node.operation)) {
      values.push_back(sum(*add, input, values[node.inputs.back()]));
    } else if (const auto* rearrange = std::get_if<Rearrange>(&node.operation)) {
      values.push_back(rearranged(*rearrange, in, input));
    } else if (const auto* function = std::get_if<FloatFunction>(&node.operation)) {
      Values result = input;
      for (float& v : result) v = static_cast<float>(function->function(static_cast<double>(v)));
      values.push_back(std::move(result));
    } else if (std::holds_alternative<FloatFlatten>(node.operation)) {
      values.push_back(flattened(in, input));
    } else {
      values.push_back(concatenated(node, values));
    }
  }
  return values;
}

Values FloatEvaluator::concatenated(const FloatNode& node,
                                    const std::vector<Values>& values) const {
  const Shape& first = shapes_[node.inputs.front()];
  Values result;
  for (std::size_t pixel = 0; pixel < count(first.height * first.width); ++pixel) {
    for (const std::size_t tensor : node.inputs) {
      const std::size_t channels = count(shapes_[tensor].channels);
      const auto begin = values[tensor].begin() + static_cast<std::ptrdiff_t>(pixel * channels);
      result.insert(result.end(), begin, begin + static_cast<std::ptrdiff_t>(channels));
    }
  }
  return result;
}

std::vector<Values> evaluate(const FloatNetwork& network, Values image) {
  return FloatEvaluator(network).values(std::move(image));
}

}  // namespace brownout::models
