// SPDX-License-Identifier: Apache-2.0
#include "models/onnx/float_import.h"

#include <string>

#include "models/onnx/floating/float_operators.h"
#include "models/onnx/model_view.h"
#include "models/onnx/node_walk.h"
#include "sim/core/error.h"

namespace brownout::models {
namespace onnx_import {
namespace {

/// Whether the input is [batch, height, width, channels]: all that reads it brings the channels to
/// the front.
bool has_channels_last(const ModelView& view) {
  int readers = 0;
  for (const auto& proto : view.graph().node()) {
    const NodeView node(proto);
    if (node.input(0) != view.input->name()) continue;
    ++readers;
    const auto order = node.op() == "Transpose" ? node.integers("perm") : std::nullopt;
    if (!order || *order != std::vector<std::int64_t>{0, 3, 1, 2}) return false;
  }
  return readers > 0;
}

FloatNetwork import_float(const ModelView& view, Findings& findings) {
  if (is_quantized(view)) {
    throw InputError("is a quantised network; a float one is needed");
  }
  const Shape input = read_input_shape(*view.input);
  const bool is_vector = view.input->type().tensor_type().shape().dim_size() == 2;
  Extents dims = image_dims(input);
  if (is_vector) dims.resize(2);
  FloatBuilder builder(view.input->name(), dims, !is_vector && has_channels_last(view), view.uses);
  builder.set_output(view.output->name());
  NodeWalk<FloatBuilder, FloatContext> walk(view, builder, find_float_operator, findings);
  walk.run();
  FloatNetwork network = builder.finish(builder.value(view.output->name()));
  network.name = view.graph().name();
  network.preprocessing = read_preprocessing(*view.model, network.input.channels);
  return network;
}

}  // namespace
}  // namespace onnx_import

FloatNetwork load_float_onnx(const std::filesystem::path& path) {
  return onnx_import::import_file(path, onnx_import::import_float);
}

bool is_float_onnx(const std::filesystem::path& path) {
  return !onnx_import::is_quantized(onnx_import::open_model(path));
}

}  // namespace brownout::models
