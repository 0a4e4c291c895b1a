// SPDX-License-Identifier: Apache-2.0
#include "models/onnx/export.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "models/onnx/scales.h"
#include "models/onnx/tensor_writer.h"
#include "sim/core/atomic_file.h"
#include "sim/core/error.h"

namespace brownout::models {
namespace onnx_export {
namespace {

constexpr int kOpset = 13;
constexpr int kIrVersion = 7;  // the one of ONNX 1.8, which introduced opset 13

/// Writes one kind of operation each; picked by std::visit.
class NodeWriter {
 public:
  NodeWriter(TensorWriter& writer, const Node& node) : writer_(writer), node_(node) {}

  void operator()(const Conv& conv) { write_conv(writer_, node_, conv); }

  void operator()(const MaxPool& pool) {
    const std::string input = writer_.stored(node_.inputs.at(0)).codes;
    const std::string output = writer_.keep_coding(node_);
    set_window(writer_.proto().add_node("MaxPool", node_.name, {input}, output), pool.window, true);
  }

  void operator()(const AveragePool& pool) {
    const Window& w = pool.window;
    const Requantizer& r = pool.requantizer;
    const Tensor& output = writer_.output(node_);
    const OutputRange range{output.zero_point, r.lowest, r.highest};
    if (!equal(r, pool_requantizer(writer_.input(node_), w, output.scale.front(), range))) {
      reject_requantizer(node_);
    }
    if (w.dilation_h != 1 || w.dilation_w != 1) {
      reject(node_, "is dilated; ONNX's opset 13 has no dilated average pooling");
    }
    const std::string input = writer_.real(node_.inputs.at(0));
    const std::string mean = writer_.proto().fresh(output.name + "/mean");
    if (covers(w, writer_.input(node_).shape)) {
      writer_.proto().add_node("GlobalAveragePool", node_.name, {input}, mean);
    } else {
      auto& proto = writer_.proto().add_node("AveragePool", node_.name, {input}, mean);
      set_window(proto, w, false);
      set_attribute(proto, "count_include_pad", 1);
    }
    writer_.quantize(writer_.clipped(node_, mean, range), node_.output);
  }

  void operator()(const Add& add) {
    const double a = writer_.tensor(node_.inputs.at(0)).scale.front();
    const double b = writer_.tensor(node_.inputs.at(1)).scale.front();
    const Tensor& output = writer_.output(node_);
    const OutputRange range{output.zero_point, add.lowest, add.highest};
    if (!equal(add, make_add(a, b, output.scale.front(), range))) reject_requantizer(node_);
    const std::string real_a = writer_.real(node_.inputs.at(0));
    const std::string real_b = writer_.real(node_.inputs.at(1));
    const std::string sum = writer_.proto().fresh(output.name + "/sum");
    writer_.proto().add_node("Add", node_.name, {real_a, real_b}, sum);
    writer_.quantize(writer_.clipped(node_, sum, range), node_.output);
  }

  void operator()(const Relu&) {
    writer_.check_same_coding(node_);
    const std::string input = writer_.real(node_.inputs.at(0));
    const std::string result = writer_.proto().fresh(writer_.output(node_).name + "/relu");
    writer_.proto().add_node("Relu", node_.name, {input}, result);
    writer_.quantize(result, node_.output);
  }

  /// As an image of one pixel, so that convolutions may follow.
  void operator()(const Flatten&) {
    const std::string input = writer_.stored(node_.inputs.at(0)).codes;
    const std::string output = writer_.keep_coding(node_);
    const std::string shape = writer_.proto().add_integers(output + "/shape", {4}, {0, -1, 1, 1},
                                                           onnx::TensorProto::INT64);
    writer_.proto().add_node("Reshape", node_.name, {input, shape}, output);
  }

  void operator()(const Concat& concat) {
    std::vector<double> scales;
    for (const TensorId id : node_.inputs) scales.push_back(writer_.tensor(id).scale.front());
    const Requantizer& r = concat.requantizer;
    const Tensor& output = writer_.output(node_);
    const OutputRange range{output.zero_point, r.lowest, r.highest};
    if (!equal(r, concat_requantizer(scales, output.scale.front(), range))) {
      reject_requantizer(node_);
    }
    std::vector<std::string> inputs;
    for (const TensorId id : node_.inputs) inputs.push_back(writer_.real(id));
    const std::string joined = writer_.proto().fresh(output.name + "/joined");
    set_attribute(writer_.proto().add_node("Concat", node_.name, inputs, joined), "axis", 1);
    writer_.quantize(writer_.clipped(node_, joined, range), node_.output);
  }

  void operator()(const Rearrange& rearrange) { write_rearrange(writer_, node_, rearrange); }

  void operator()(const Table& table) { write_table(writer_, node_, table); }

 private:
  TensorWriter& writer_;
  const Node& node_;
};

void write_input(const Graph& graph, TensorWriter& writer, onnx::GraphProto& proto) {
  const Tensor& tensor = graph.tensor(graph.input);
  const Shape& shape = tensor.shape;
  const std::string image = writer.proto().fresh(tensor.name + "/image");
  declare(*proto.add_input(), image, {shape.channels, shape.height, shape.width});
  writer.quantize(image, graph.input);
}

void write_output(const Graph& graph, TensorWriter& writer, onnx::GraphProto& proto) {
  const Tensor& tensor = graph.tensor(graph.output);
  const bool raw = tensor.type == ElementType::kInt32;
  const Node& last = graph.nodes.back();
  std::vector<int> extents = {tensor.shape.channels, tensor.shape.height, tensor.shape.width};
  if (raw && is_gemm(std::get<Conv>(last.operation), writer.input(last).shape)) extents.resize(1);
  const std::string name = raw ? tensor.name : writer.real(graph.output);
  declare(*proto.add_output(), name, extents);
}

void add_metadata(onnx::ModelProto& model, const char* key, const std::vector<double>& values) {
  if (values.empty()) return;
  auto& entry = *model.add_metadata_props();
  entry.set_key(key);
  entry.set_value(fmt::format("{}", fmt::join(values, ",")));
}

onnx::ModelProto make_model(const Graph& graph) {
  onnx::ModelProto model;
  model.set_ir_version(kIrVersion);
  model.set_producer_name("brownout");
  auto& opset = *model.add_opset_import();
  opset.set_domain("");
  opset.set_version(kOpset);
  add_metadata(model, "brownout.mean", graph.preprocessing.mean);
  add_metadata(model, "brownout.deviation", graph.preprocessing.deviation);
  onnx::GraphProto& proto = *model.mutable_graph();
  // The checker wants a name; a graph without one is loaded back as "network".
  proto.set_name(graph.name.empty() ? "network" : graph.name);
  TensorWriter writer(graph, proto);
  write_input(graph, writer, proto);
  for (const Node& node : graph.nodes) std::visit(NodeWriter(writer, node), node.operation);
  write_output(graph, writer, proto);
  return model;
}

}  // namespace
}  // namespace onnx_export

void save_onnx(const Graph& graph, const std::filesystem::path& path) {
  validate(graph);
  std::string bytes;
  if (!onnx_export::make_model(graph).SerializeToString(&bytes)) {
    throw InputError(
        fmt::format("{}: the network is too large for an ONNX file (2 GiB)", path.string()));
  }
  write_file_atomically(path.string(), bytes);
}

}  // namespace brownout::models
