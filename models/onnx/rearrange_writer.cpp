// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "models/onnx/tensor_writer.h"
#include "models/rearrange.h"

namespace brownout::models::onnx_export {
namespace {

using onnx::TensorProto;

/// Indices along one axis as ONNX has them: elements taken, zeros in front and behind.
struct AxisWords {
  int axis = 0;
  int before = 0;
  int after = 0;
  std::vector<int> taken;
};

/// Codes as they go through one operator after another.
class CodeChain {
 public:
  CodeChain(TensorWriter& writer, const Node& node)
      : writer_(writer),
        node_(node),
        codes_(writer.stored(node.inputs.at(0)).codes),
        zero_point_(writer.stored(node.inputs.at(0)).zero_point),
        output_(writer.keep_coding(node)) {}

  void add(const char* op, const std::vector<std::string>& operands, int axis) {
    std::vector<std::string> inputs = {codes_};
    inputs.insert(inputs.end(), operands.begin(), operands.end());
    const std::string result = writer_.proto().fresh(output_ + "/part");
    const std::string name = writer_.proto().fresh(node_.name + "/part");
    onnx::NodeProto& proto = writer_.proto().add_node(op, name, inputs, result);
    if (axis >= 0) set_attribute(proto, "axis", axis);
    codes_ = result;
    last_ = &proto;
  }

  void pad(const std::vector<int>& before, const std::vector<int>& after) {
    std::vector<int> pads = before;
    pads.insert(pads.end(), after.begin(), after.end());
    if (std::all_of(pads.begin(), pads.end(), [](int p) { return p == 0; })) return;
    add("Pad", {integers("/pads", pads), zero_point_}, -1);
  }

  std::string integers(const char* suffix, const std::vector<int>& values) {
    return writer_.proto().add_integers(output_ + suffix, {static_cast<int>(values.size())},
                                        {values.begin(), values.end()}, TensorProto::INT64);
  }

  /// The last operator's result is the node's.
  void finish() {
    if (last_ == nullptr) add("Identity", {}, -1);
    last_->set_output(0, output_);
    last_->set_name(node_.name);
  }

 private:
  TensorWriter& writer_;
  const Node& node_;
  std::string codes_;
  std::string zero_point_;
  std::string output_;
  onnx::NodeProto* last_ = nullptr;
};

/// Zeros at the ends apart from what lies between them.
AxisWords words_of(int axis, std::vector<int> indices) {
  AxisWords words{axis, 0, 0, std::move(indices)};
  const auto is_zero = [](int index) { return index < 0; };
  auto& taken = words.taken;
  const auto first = std::find_if_not(taken.begin(), taken.end(), is_zero);
  words.before = static_cast<int>(first - taken.begin());
  taken.erase(taken.begin(), first);
  const auto last = std::find_if_not(taken.rbegin(), taken.rend(), is_zero);
  words.after = static_cast<int>(last - taken.rbegin());
  taken.erase(last.base(), taken.end());
  return words;
}

/// Takes the indices by Slice where they are equally far apart, else by Gather; zeros between them
/// come from one appended to the axis.
void take(CodeChain& chain, const AxisWords& words, int extent) {
  std::vector<int> taken = words.taken;
  if (taken == every(extent)) return;
  if (std::find(taken.begin(), taken.end(), -1) != taken.end()) {
    std::vector<int> after(4, 0);
    after[static_cast<std::size_t>(words.axis)] = 1;
    chain.pad(std::vector<int>(4, 0), after);
    std::replace(taken.begin(), taken.end(), -1, extent);
  }
  const int step = taken.size() > 1 ? taken[1] - taken[0] : 1;
  bool even = step > 0;
  for (std::size_t i = 1; i < taken.size(); ++i) even = even && taken[i] - taken[i - 1] == step;
  if (even && !taken.empty()) {
    const std::string start = chain.integers("/start", {taken.front()});
    const std::string end = chain.integers("/end", {taken.back() + 1});
    const std::string axes = chain.integers("/axes", {words.axis});
    chain.add("Slice", {start, end, axes, chain.integers("/step", {step})}, -1);
  } else {
    chain.add("Gather", {chain.integers("/indices", taken)}, words.axis);
  }
}

void write_upsampling(TensorWriter& writer, const Node& node, const UpsamplingFactors& factors) {
  const std::string input = writer.stored(node.inputs.at(0)).codes;
  const std::string output = writer.keep_coding(node);
  const std::string scales = writer.proto().add_floats(
      output + "/scales", {4},
      {1, 1, static_cast<double>(factors.height), static_cast<double>(factors.width)});
  auto& proto = writer.proto().add_node("Resize", node.name, {input, "", scales}, output);
  set_attribute(proto, "mode", "nearest");
  set_attribute(proto, "coordinate_transformation_mode", "asymmetric");
  set_attribute(proto, "nearest_mode", "floor");
}

}  // namespace

void write_rearrange(TensorWriter& writer, const Node& node, const Rearrange& rearrange) {
  const Shape& input = writer.input(node).shape;
  const UpsamplingFactors factors = upsampling_of(rearrange, input);
  if (factors.height * factors.width > 1) return write_upsampling(writer, node, factors);
  CodeChain chain(writer, node);
  const std::vector<std::pair<AxisWords, int>> axes = {
      {words_of(1, rearrange.channels), input.channels},
      {words_of(2, rearrange.rows), input.height},
      {words_of(3, rearrange.columns), input.width}};
  std::vector<int> before(4, 0);
  std::vector<int> after(4, 0);
  for (const auto& [words, extent] : axes) {
    // An axis of zeros alone keeps one element to pad and to drop again.
    const bool empty = words.taken.empty();
    take(chain, empty ? AxisWords{words.axis, 0, 0, {-1}} : words, extent);
    const auto axis = static_cast<std::size_t>(words.axis);
    before[axis] = words.before - (empty ? 1 : 0);
    after[axis] = words.after;
  }
  chain.pad(before, after);
  chain.finish();
}

}  // namespace brownout::models::onnx_export
