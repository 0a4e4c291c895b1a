// SPDX-License-Identifier: Apache-2.0
#include "models/onnx/import.h"

#include <algorithm>
#include <string>
#include <utility>

#include "models/onnx/model_view.h"
#include "models/onnx/node_walk.h"
#include "models/onnx/operators.h"
#include "models/rearrange.h"
#include "sim/core/error.h"

namespace brownout::models {
namespace onnx_import {
namespace {

Graph import_quantized(const ModelView& view, Findings& findings) {
  if (!is_quantized(view)) {
    throw InputError(
        "is a float network; a quantised one (QuantizeLinear/DequantizeLinear pairs or QLinear "
        "operators) is needed: 'brownout model quantize' makes one");
  }
  GraphBuilder builder(*view.input, read_input_shape(*view.input));
  NodeWalk<GraphBuilder, Context> walk(view, builder, find_operator, findings);
  walk.run();
  const std::string& output = view.output->name();
  Graph graph = builder.finish(builder.value(output), output);
  graph.name = view.graph().name();
  graph.preprocessing = read_preprocessing(*view.model, graph.tensor(graph.input).shape.channels);
  validate(graph);
  graph = merge_rearrangements(std::move(graph));
  validate(graph);  // moves that undo each other may have been all there was
  return graph;
}

}  // namespace

bool is_quantized(const ModelView& view) {
  const auto& nodes = view.graph().node();
  return std::any_of(nodes.begin(), nodes.end(), [](const auto& node) {
    return is_quantization_operator(NodeView(node).op());
  });
}

}  // namespace onnx_import

Graph load_onnx(const std::filesystem::path& path) {
  return onnx_import::import_file(path, onnx_import::import_quantized);
}

}  // namespace brownout::models
