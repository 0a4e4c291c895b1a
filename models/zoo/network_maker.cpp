// SPDX-License-Identifier: Apache-2.0
#include "models/zoo/network_maker.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "models/requantize.h"
#include "models/transposed_conv.h"
#include "sim/core/philox.h"

namespace brownout::models {
namespace {

constexpr std::uint64_t kWeightSeed = 0x756e747261696e65;
constexpr double kWeightDeviation = 73.6;  // of codes uniform in [-127, 127]
constexpr double kOutputDeviation = 60;    // aimed at: few codes at the ends of 0..255
constexpr double kInputDeviation = 42;     // that behind a ReLU, root of the mean square
constexpr double kWeightScale = 1.0 / 1270;

std::uint64_t pixels(const Shape& shape) {
  return static_cast<std::uint64_t>(shape.height) * static_cast<std::uint64_t>(shape.width);
}

std::vector<std::int8_t> random_weights(std::size_t count, std::size_t layer) {
  std::vector<std::int8_t> weights(count);
  for (std::size_t i = 0; i < count; i += 4) {
    const auto numbers = philox(
        kWeightSeed, {static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(layer), 0, 0});
    for (std::size_t j = i; j < std::min(count, i + 4); ++j) {
      weights[j] = static_cast<std::int8_t>(static_cast<int>(numbers[j - i] % 255) - 127);
    }
  }
  return weights;
}

/// Code per accumulator step that brings the outputs of `conv` to the deviation aimed at. Over a
/// spread input one product in `zeros` meets a pixel.
double code_ratio(const Conv& conv) {
  const std::size_t volume = conv.weights.size() / conv.bias.size();
  const int zeros = conv.window.spread_h * conv.window.spread_w;
  const double products = static_cast<double>(volume) / zeros;
  return kOutputDeviation / (std::sqrt(products) * kWeightDeviation * kInputDeviation);
}

Window square_window(const ConvLayer& layer) {
  Window window;
  window.kernel_h = window.kernel_w = layer.kernel;
  window.stride_h = window.stride_w = layer.stride;
  window.pad_top = window.pad_left = window.pad_bottom = window.pad_right = layer.padding;
  return layer.transposed ? spread_window({window}) : window;
}

}  // namespace

/// What a node's output codes mean.
struct NetworkMaker::Codes {
  Shape shape;
  double scale = 1;
  int zero_point = 0;
  ElementType type = ElementType::kUint8;
};

NetworkMaker::NetworkMaker(std::string name, const Shape& input) {
  Graph& graph = network_.graph;
  graph.name = std::move(name);
  graph.tensors.push_back({"input", input, ElementType::kUint8, {1.0 / 255}, 0});
  graph.input = TensorId(0);
  const auto channels = static_cast<std::size_t>(input.channels);
  graph.preprocessing = {std::vector<double>(channels, 0), std::vector<double>(channels, 1)};
}

TensorId NetworkMaker::add_node(const std::string& name, Operation operation,
                                std::vector<TensorId> inputs, const Codes& codes) {
  Graph& graph = network_.graph;
  const TensorId id(static_cast<std::uint32_t>(graph.tensors.size()));
  graph.tensors.push_back({name, codes.shape, codes.type, {codes.scale}, codes.zero_point});
  graph.nodes.push_back({name, std::move(operation), std::move(inputs), id});
  graph.output = id;
  return id;
}

/// A convolution without requantiser.
Conv NetworkMaker::weighted(const Window& window, TensorId from, int channels) const {
  Conv conv;
  conv.window = window;
  const auto out = static_cast<std::size_t>(channels);
  const std::size_t kernel =
      static_cast<std::size_t>(window.kernel_h) * static_cast<std::size_t>(window.kernel_w);
  const std::size_t inputs = kernel * static_cast<std::size_t>(shape(from).channels);
  conv.weights = random_weights(inputs * out, network_.graph.nodes.size());
  conv.weight_scale = {kWeightScale};
  conv.bias.assign(out, 0);
  return conv;
}

TensorId NetworkMaker::conv(const std::string& name, TensorId from, const ConvLayer& layer) {
  Conv conv = weighted(square_window(layer), from, layer.channels);
  const Shape out = output_shape(shape(from), conv.window, layer.channels);
  const std::uint64_t outputs = out.elements();
  FloatCounts& counts = network_.counts;
  counts.weights += conv.weights.size();
  counts.products += conv.weights.size() * pixels(out);
  counts.biases += layer.bias ? conv.bias.size() : 0;
  counts.others += layer.bias ? outputs : 0;
  counts.batch_norm += layer.batch_norm ? 2 * conv.bias.size() : 0;
  counts.others += layer.batch_norm ? 2 * outputs : 0;
  counts.others += layer.relu && layer.relu_is_module ? outputs : 0;

  const double ratio = code_ratio(conv);
  const int zero_point = layer.relu ? 0 : 128;
  conv.requantizer = make_requantizer({ratio}, zero_point, 0, 255);
  const double scale = network_.graph.tensor(from).scale.front() * kWeightScale / ratio;
  return add_node(name, std::move(conv), {from}, {out, scale, zero_point});
}

TensorId NetworkMaker::linear(const std::string& name, TensorId from, int outputs, bool relu) {
  Window window;
  window.kernel_h = shape(from).height;
  window.kernel_w = shape(from).width;
  Conv conv = weighted(window, from, outputs);
  FloatCounts& counts = network_.counts;
  counts.weights += conv.weights.size();
  counts.products += conv.weights.size();
  counts.biases += conv.bias.size();
  counts.others += conv.bias.size() * (relu ? 2 : 1);

  const double scale = network_.graph.tensor(from).scale.front() * kWeightScale;
  const Shape out{outputs, 1, 1};
  if (!relu) return add_node(name, std::move(conv), {from}, {out, scale, 0, ElementType::kInt32});
  const double ratio = code_ratio(conv);
  conv.requantizer = make_requantizer({ratio}, 0, 0, 255);
  return add_node(name, std::move(conv), {from}, {out, scale / ratio});
}

TensorId NetworkMaker::max_pool(const std::string& name, TensorId from, const Window& window) {
  const Tensor& in = network_.graph.tensor(from);
  network_.counts.others += in.shape.elements();
  const Codes codes{output_shape(in.shape, window, in.shape.channels), in.scale.front(),
                    in.zero_point};
  return add_node(name, MaxPool{window}, {from}, codes);
}

TensorId NetworkMaker::global_average(const std::string& name, TensorId from, bool is_module) {
  const Tensor& in = network_.graph.tensor(from);
  network_.counts.others += is_module ? in.shape.elements() : 0;
  if (pixels(in.shape) == 1) return from;
  AveragePool pool;
  pool.window.kernel_h = in.shape.height;
  pool.window.kernel_w = in.shape.width;
  pool.requantizer =
      make_requantizer({1.0 / static_cast<double>(pixels(in.shape))}, in.zero_point, 0, 255);
  const Codes codes{{in.shape.channels, 1, 1}, in.scale.front(), in.zero_point};
  return add_node(name, std::move(pool), {from}, codes);
}

TensorId NetworkMaker::add_relu(const std::string& name, TensorId a, TensorId b) {
  const Graph& graph = network_.graph;
  const double scale_a = graph.tensor(a).scale.front();
  const double scale_b = graph.tensor(b).scale.front();
  const Codes codes{shape(a), std::hypot(scale_a, scale_b)};
  network_.counts.others += codes.shape.elements();
  return add_node(name, make_add(scale_a, scale_b, codes.scale, {}), {a, b}, codes);
}

TensorId NetworkMaker::upsample(const std::string& name, TensorId from) {
  const Tensor& in = network_.graph.tensor(from);
  const Codes codes{{in.shape.channels, 2 * in.shape.height, 2 * in.shape.width},
                    in.scale.front(),
                    in.zero_point};
  network_.counts.others += codes.shape.elements();
  return add_node(name, Upsample{2, 2}, {from}, codes);
}

TensorId NetworkMaker::concat(const std::string& name, TensorId a, TensorId b) {
  const Tensor& first = network_.graph.tensor(a);
  const Tensor& second = network_.graph.tensor(b);
  Codes codes{first.shape, std::max(first.scale.front(), second.scale.front()), 128};
  codes.shape.channels += second.shape.channels;
  const std::vector<double> ratios = {first.scale.front() / codes.scale,
                                      second.scale.front() / codes.scale};
  return add_node(name, Concat{make_requantizer(ratios, codes.zero_point, 0, 255)}, {a, b}, codes);
}

TensorId NetworkMaker::tanh(const std::string& name, TensorId from) {
  const Tensor& in = network_.graph.tensor(from);
  const Codes codes{in.shape, 1.0 / 127, 128};
  const Table table =
      make_table([](double x) { return std::tanh(x); }, {in.scale.front(), in.zero_point},
                 {codes.scale, codes.zero_point});
  return add_node(name, table, {from}, codes);
}

UntrainedNetwork NetworkMaker::finish() {
  validate(network_.graph);
  return std::move(network_);
}

}  // namespace brownout::models
