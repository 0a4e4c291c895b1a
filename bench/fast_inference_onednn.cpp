// SPDX-License-Identifier: Apache-2.0
#include "bench/fast_inference_onednn.h"

#include <cmath>
#include <oneapi/dnnl/dnnl.hpp>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sim/core/error.h"

namespace brownout::bench {
namespace {

using dnnl::memory;
using Tag = memory::format_tag;
using Type = memory::data_type;

double ratio(const models::Requantizer& r, std::size_t i) {
  return std::ldexp(static_cast<double>(r.multiplier[i]), -r.shift[i]);
}

}  // namespace

class OnednnNetwork::Impl {
 public:
  Impl(const models::Graph& graph, int batch)
      : graph_(graph), batch_(batch), engine_(dnnl::engine::kind::cpu, 0), stream_(engine_) {
    const models::Shape& in = graph.tensor(graph.input).shape;
    store(graph.input, memory({dims(in), Type::u8, Tag::nhwc}, engine_));
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) add_node(i);
  }

  void run() {
    for (const auto& [primitive, arguments] : steps_) primitive.execute(stream_, arguments);
    stream_.wait();
  }

 private:
  using Arguments = std::unordered_map<int, memory>;

  [[nodiscard]] memory::dims dims(const models::Shape& s) const {
    return {batch_, s.channels, s.height, s.width};
  }
  [[nodiscard]] memory::desc any(const memory::dims& d, Type type) const {
    return {d, type, Tag::any};
  }
  void store(TensorId id, const memory& value) { tensors_[id.value()] = value; }

  /// `value` in the layout `wanted`, reordered once per run.
  memory in_layout(const memory& value, const memory::desc& wanted, bool once) {
    if (value.get_desc() == wanted) return value;
    memory target(wanted, engine_);
    const dnnl::reorder reorder(value, target);
    if (once) {
      memory source = value;
      reorder.execute(stream_, source, target);
      stream_.wait();
    } else {
      steps_.emplace_back(reorder, Arguments{{DNNL_ARG_FROM, value}, {DNNL_ARG_TO, target}});
    }
    return target;
  }

  void add_node(std::size_t i) {
    const models::Node& node = graph_.nodes[i];
    if (const auto* conv = std::get_if<models::Conv>(&node.operation)) {
      return conv->requantizer.multiplier.empty() ? add_linear(node, *conv) : add_conv(i, *conv);
    }
    if (const auto* pool = std::get_if<models::AveragePool>(&node.operation)) {
      return add_pool(node, *pool);
    }
    // Its convolution has written the sum over the other operand.
    require(std::holds_alternative<models::Add>(node.operation), "an operation of the benchmark");
    store(node.output, tensors_.at(node.inputs[1].value()));
  }

  /// Weights and bias in the layouts a primitive wants.
  void add_parameters(const models::Conv& conv, const memory::dims& weight_dims,
                      const memory::desc& wanted, Arguments& arguments) {
    memory plain({weight_dims, Type::s8, Tag::oihw}, engine_);
    std::copy(conv.weights.begin(), conv.weights.end(),
              static_cast<std::int8_t*>(plain.get_data_handle()));
    arguments[DNNL_ARG_WEIGHTS] = in_layout(plain, wanted, true);
    memory bias({{weight_dims[0]}, Type::s32, Tag::x}, engine_);
    std::copy(conv.bias.begin(), conv.bias.end(),
              static_cast<std::int32_t*>(bias.get_data_handle()));
    arguments[DNNL_ARG_BIAS] = bias;
  }

  void add_conv(std::size_t i, const models::Conv& conv) {
    const models::Node& node = graph_.nodes[i];
    const models::Node& next = graph_.nodes[i + 1];
    const auto* sum = std::get_if<models::Add>(&next.operation);
    dnnl::primitive_attr attributes;
    std::vector<float> scales;
    double share = 1.0;
    memory::desc target = any(dims(graph_.tensor(node.output).shape), Type::u8);
    if (sum != nullptr) {
      share = std::ldexp(static_cast<double>(sum->multiplier_a), -sum->shift);
      dnnl::post_ops post;
      post.append_sum(std::ldexp(static_cast<float>(sum->multiplier_b), -sum->shift));
      attributes.set_post_ops(post);
      target = tensors_.at(next.inputs[1].value()).get_desc();
    }
    for (std::size_t n = 0; n < conv.bias.size(); ++n) {
      scales.push_back(static_cast<float>(share * ratio(conv.requantizer, n)));
    }
    attributes.set_output_scales(2, scales);
    const memory& source = tensors_.at(node.inputs[0].value());
    const models::Window& w = conv.window;
    const memory::dims weight_dims = {static_cast<memory::dim>(conv.bias.size()),
                                      source.get_desc().dims()[1], w.kernel_h, w.kernel_w};
    const dnnl::convolution_forward::desc description(
        dnnl::prop_kind::forward_inference, dnnl::algorithm::convolution_direct,
        any(source.get_desc().dims(), Type::u8), any(weight_dims, Type::s8),
        any({weight_dims[0]}, Type::s32), target, {w.stride_h, w.stride_w}, {w.pad_top, w.pad_left},
        {w.pad_bottom, w.pad_right});
    const dnnl::convolution_forward::primitive_desc chosen(description, attributes, engine_);
    Arguments arguments;
    arguments[DNNL_ARG_SRC] = in_layout(source, chosen.src_desc(), false);
    add_parameters(conv, weight_dims, chosen.weights_desc(), arguments);
    arguments[DNNL_ARG_DST] =
        sum != nullptr ? tensors_.at(next.inputs[1].value()) : memory(chosen.dst_desc(), engine_);
    store(node.output, arguments[DNNL_ARG_DST]);
    steps_.emplace_back(dnnl::convolution_forward(chosen), arguments);
  }

  void add_pool(const models::Node& node, const models::AveragePool& pool) {
    const memory& source = tensors_.at(node.inputs[0].value());
    const models::Window& w = pool.window;
    const dnnl::pooling_forward::desc description(
        dnnl::prop_kind::forward_inference, dnnl::algorithm::pooling_avg_include_padding,
        source.get_desc(), any(dims(graph_.tensor(node.output).shape), Type::u8),
        {w.stride_h, w.stride_w}, {w.kernel_h, w.kernel_w}, {0, 0}, {0, 0});
    const dnnl::pooling_forward::primitive_desc chosen(description, engine_);
    store(node.output, memory(chosen.dst_desc(), engine_));
    steps_.emplace_back(
        dnnl::pooling_forward(chosen),
        Arguments{{DNNL_ARG_SRC, source}, {DNNL_ARG_DST, tensors_.at(node.output.value())}});
  }

  void add_linear(const models::Node& node, const models::Conv& conv) {
    const memory& source = tensors_.at(node.inputs[0].value());
    const auto classes = static_cast<memory::dim>(conv.bias.size());
    const memory::dims weight_dims = {classes, source.get_desc().dims()[1], 1, 1};
    const dnnl::inner_product_forward::desc description(
        dnnl::prop_kind::forward_inference, any(source.get_desc().dims(), Type::u8),
        any(weight_dims, Type::s8), any({classes}, Type::s32), any({batch_, classes}, Type::s32));
    const dnnl::inner_product_forward::primitive_desc chosen(description, engine_);
    Arguments arguments;
    arguments[DNNL_ARG_SRC] = in_layout(source, chosen.src_desc(), false);
    add_parameters(conv, weight_dims, chosen.weights_desc(), arguments);
    arguments[DNNL_ARG_DST] = memory(chosen.dst_desc(), engine_);
    steps_.emplace_back(dnnl::inner_product_forward(chosen), arguments);
  }

  const models::Graph& graph_;
  int batch_;
  dnnl::engine engine_;
  dnnl::stream stream_;
  std::unordered_map<std::uint32_t, memory> tensors_;
  std::vector<std::pair<dnnl::primitive, Arguments>> steps_;
};

OnednnNetwork::OnednnNetwork(const models::Graph& graph, int batch)
    : impl_(std::make_unique<Impl>(graph, batch)) {}
OnednnNetwork::~OnednnNetwork() = default;

void OnednnNetwork::run() { impl_->run(); }

}  // namespace brownout::bench
