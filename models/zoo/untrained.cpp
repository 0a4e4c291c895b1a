// SPDX-License-Identifier: Apache-2.0
#include "models/zoo/untrained.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "models/rearrange.h"
#include "models/requantize.h"
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

/// What a node's output codes mean.
struct Codes {
  Shape shape;
  double scale = 1;
  int zero_point = 0;
  ElementType type = ElementType::kUint8;
};

/// Makes one node after another; called with each kind of layer of an architecture.
class NetworkMaker {
 public:
  NetworkMaker(std::string name, const Shape& input);

  /// Makes what `layer` says over those tensors of the graph and returns its output.
  TensorId add(const Layer& layer, std::vector<TensorId> inputs);
  [[nodiscard]] UntrainedNetwork finish();

  TensorId operator()(const ConvLayer& layer);
  TensorId operator()(const LinearLayer& layer);
  TensorId operator()(const MaxPoolLayer& layer);
  TensorId operator()(const GlobalAverageLayer& layer);
  TensorId operator()(const AddReluLayer& layer);
  TensorId operator()(const UpsampleLayer& layer);
  TensorId operator()(const ConcatLayer& layer);
  TensorId operator()(const TanhLayer& layer);

 private:
  [[nodiscard]] const Tensor& input(std::size_t index = 0) const {
    return network_.graph.tensor(inputs_.at(index));
  }
  TensorId add_node(Operation operation, const Codes& codes);
  [[nodiscard]] Conv weighted(const Window& window, int channels) const;

  UntrainedNetwork network_;
  std::string name_;              ///< of the layer being made
  std::vector<TensorId> inputs_;  ///< its inputs
};

NetworkMaker::NetworkMaker(std::string name, const Shape& input) {
  Graph& graph = network_.graph;
  graph.name = std::move(name);
  graph.tensors.push_back({"input", input, ElementType::kUint8, {1.0 / 255}, 0});
  graph.input = TensorId(0);
  const auto channels = static_cast<std::size_t>(input.channels);
  graph.preprocessing = {std::vector<double>(channels, 0), std::vector<double>(channels, 1)};
}

TensorId NetworkMaker::add_node(Operation operation, const Codes& codes) {
  Graph& graph = network_.graph;
  const TensorId id(static_cast<std::uint32_t>(graph.tensors.size()));
  graph.tensors.push_back({name_, codes.shape, codes.type, {codes.scale}, codes.zero_point});
  graph.nodes.push_back({name_, std::move(operation), inputs_, id});
  graph.output = id;
  return id;
}

/// A convolution without requantiser.
Conv NetworkMaker::weighted(const Window& window, int channels) const {
  Conv conv;
  conv.window = window;
  const auto out = static_cast<std::size_t>(channels);
  const std::size_t kernel =
      static_cast<std::size_t>(window.kernel_h) * static_cast<std::size_t>(window.kernel_w);
  const std::size_t inputs = kernel * static_cast<std::size_t>(input().shape.channels);
  conv.weights = random_weights(inputs * out, network_.graph.nodes.size());
  conv.weight_scale = {kWeightScale};
  conv.bias.assign(out, 0);
  return conv;
}

TensorId NetworkMaker::operator()(const ConvLayer& layer) {
  Conv conv = weighted(conv_window(layer), layer.channels);
  const Shape out = output_shape(input().shape, conv.window, layer.channels);
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
  const double scale = input().scale.front() * kWeightScale / ratio;
  return add_node(std::move(conv), {out, scale, zero_point});
}

TensorId NetworkMaker::operator()(const LinearLayer& layer) {
  Window window;
  window.kernel_h = input().shape.height;
  window.kernel_w = input().shape.width;
  Conv conv = weighted(window, layer.outputs);
  FloatCounts& counts = network_.counts;
  counts.weights += conv.weights.size();
  counts.products += conv.weights.size();
  counts.biases += conv.bias.size();
  counts.others += conv.bias.size() * (layer.relu ? 2 : 1);

  const double scale = input().scale.front() * kWeightScale;
  const Shape out{layer.outputs, 1, 1};
  if (!layer.relu) return add_node(std::move(conv), {out, scale, 0, ElementType::kInt32});
  const double ratio = code_ratio(conv);
  conv.requantizer = make_requantizer({ratio}, 0, 0, 255);
  return add_node(std::move(conv), {out, scale / ratio});
}

TensorId NetworkMaker::operator()(const MaxPoolLayer& layer) {
  const Tensor& in = input();
  network_.counts.others += in.shape.elements();
  const Codes codes{output_shape(in.shape, layer.window, in.shape.channels), in.scale.front(),
                    in.zero_point};
  return add_node(MaxPool{layer.window}, codes);
}

TensorId NetworkMaker::operator()(const GlobalAverageLayer& layer) {
  const Tensor& in = input();
  network_.counts.others += layer.is_module ? in.shape.elements() : 0;
  if (pixels(in.shape) == 1) return inputs_.front();
  AveragePool pool;
  pool.window.kernel_h = in.shape.height;
  pool.window.kernel_w = in.shape.width;
  pool.requantizer =
      make_requantizer({1.0 / static_cast<double>(pixels(in.shape))}, in.zero_point, 0, 255);
  const Codes codes{{in.shape.channels, 1, 1}, in.scale.front(), in.zero_point};
  return add_node(std::move(pool), codes);
}

TensorId NetworkMaker::operator()(const AddReluLayer&) {
  const double scale_a = input(0).scale.front();
  const double scale_b = input(1).scale.front();
  const Codes codes{input().shape, std::hypot(scale_a, scale_b)};
  network_.counts.others += codes.shape.elements();
  return add_node(make_add(scale_a, scale_b, codes.scale, {}), codes);
}

TensorId NetworkMaker::operator()(const UpsampleLayer&) {
  const Tensor& in = input();
  const Codes codes{{in.shape.channels, 2 * in.shape.height, 2 * in.shape.width},
                    in.scale.front(),
                    in.zero_point};
  network_.counts.others += codes.shape.elements();
  return add_node(upsampled(in.shape, 2, 2), codes);
}

TensorId NetworkMaker::operator()(const ConcatLayer&) {
  const Tensor& first = input(0);
  const Tensor& second = input(1);
  Codes codes{first.shape, std::max(first.scale.front(), second.scale.front()), 128};
  codes.shape.channels += second.shape.channels;
  const std::vector<double> ratios = {first.scale.front() / codes.scale,
                                      second.scale.front() / codes.scale};
  return add_node(Concat{make_requantizer(ratios, codes.zero_point, 0, 255)}, codes);
}

TensorId NetworkMaker::operator()(const TanhLayer&) {
  const Tensor& in = input();
  const Codes codes{in.shape, 1.0 / 127, 128};
  const Table table =
      make_table([](double x) { return std::tanh(x); }, {in.scale.front(), in.zero_point},
                 {codes.scale, codes.zero_point});
  return add_node(table, codes);
}

UntrainedNetwork NetworkMaker::finish() {
  validate(network_.graph);
  return std::move(network_);
}

TensorId NetworkMaker::add(const Layer& layer, std::vector<TensorId> inputs) {
  name_ = layer.name;
  inputs_ = std::move(inputs);
  return std::visit(*this, layer.kind);
}

}  // namespace

UntrainedNetwork make_untrained(const Architecture& architecture) {
  NetworkMaker maker(architecture.name(), architecture.shape(0));
  std::vector<TensorId> tensors = {TensorId(0)};
  for (const Layer& layer : architecture.layers()) {
    std::vector<TensorId> inputs;
    for (const std::size_t input : layer.inputs) inputs.push_back(tensors.at(input));
    tensors.push_back(maker.add(layer, std::move(inputs)));
  }
  return maker.finish();
}

UntrainedNetwork make_untrained(const ZooChoice& choice) {
  return make_untrained(make_architecture(choice));
}

}  // namespace brownout::models
