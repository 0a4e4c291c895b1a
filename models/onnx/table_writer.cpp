// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "models/onnx/scales.h"
#include "models/onnx/tensor_writer.h"

namespace brownout::models::onnx_export {
namespace {

CodeMeaning meaning(const Tensor& tensor) { return {tensor.scale.front(), tensor.zero_point}; }

/// Input codes below `lowest` give what `lowest` gives, those above `highest` what that gives; 0
/// and 255 where the table only rescales.
struct Plateaus {
  int lowest = 0;
  int highest = 255;
};

Plateaus plateaus(const Table& table, const Table& rescaled, int zero_point) {
  const auto& codes = table.codes;
  Plateaus found;
  if (codes == rescaled.codes) return found;
  if (std::all_of(codes.begin(), codes.end(), [&](auto code) { return code == codes[0]; })) {
    const auto at = std::find(rescaled.codes.begin(), rescaled.codes.end(), codes[0]);
    found.lowest = found.highest = std::min(255, static_cast<int>(at - rescaled.codes.begin()));
    return found;
  }
  while (found.lowest < 255 && codes.at(static_cast<std::size_t>(found.lowest) + 1) == codes[0]) {
    ++found.lowest;
  }
  while (found.highest > 0 && codes.at(static_cast<std::size_t>(found.highest) - 1) == codes[255]) {
    --found.highest;
  }
  // A bound at zero would come back as a ReLU before the table; one code lower does the same.
  if (found.lowest == zero_point && found.lowest > 0) --found.lowest;
  return found;
}

/// A table that only rescales and clips, as QuantizeLinear behind a Clip.
bool write_clip(TensorWriter& writer, const Node& node, const Table& table) {
  const Tensor& input = writer.input(node);
  const Table rescaled =
      make_table([](double x) { return x; }, meaning(input), meaning(writer.output(node)));
  const Plateaus ends = plateaus(table, rescaled, input.zero_point);
  const auto bound = [&](int code) {
    const double real = input.scale.front() * (code - input.zero_point);
    return static_cast<double>(static_cast<float>(real));
  };
  const double lowest = bound(ends.lowest);
  const double highest = bound(ends.highest);
  const auto clip = [&](double x) { return std::clamp(x, lowest, highest); };
  if (make_table(clip, meaning(input), meaning(writer.output(node))).codes != table.codes) {
    return false;
  }
  const std::string value = writer.real(node.inputs.at(0));
  if (ends.lowest == 0 && ends.highest == 255) {
    writer.quantize(value, node.output, node.name);
  } else {
    const std::string& name = writer.output(node).name;
    const std::string clipped = writer.proto().fresh(name + "/clipped");
    const std::string low = writer.proto().add_floats(name + "/min", {}, {lowest});
    const std::string high = writer.proto().add_floats(name + "/max", {}, {highest});
    writer.proto().add_node("Clip", node.name, {value, low, high}, clipped);
    writer.quantize(clipped, node.output);
  }
  return true;
}

}  // namespace

void write_table(TensorWriter& writer, const Node& node, const Table& table) {
  struct Function {
    const char* op;
    double (*value)(double);
  };
  constexpr std::array<Function, 2> kFunctions = {
      {{"Tanh", [](double x) { return std::tanh(x); }}, {"Sigmoid", sigmoid}}};
  for (const Function& function : kFunctions) {
    const Table expected =
        make_table(function.value, meaning(writer.input(node)), meaning(writer.output(node)));
    if (expected.codes != table.codes) continue;
    const std::string input = writer.real(node.inputs.at(0));
    const std::string result = writer.proto().fresh(writer.output(node).name + "/function");
    writer.proto().add_node(function.op, node.name, {input}, result);
    writer.quantize(result, node.output);
    return;
  }
  if (!write_clip(writer, node, table)) {
    reject(node, "its table is none of tanh, sigmoid and clipping, and ONNX looks nothing up");
  }
}

}  // namespace brownout::models::onnx_export
