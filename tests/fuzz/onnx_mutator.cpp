// SPDX-License-Identifier: Apache-2.0
// How libFuzzer changes ONNX files: mostly the parsed network (operators, edges, attributes,
// extents, types), so that what comes out is still protobuf and gets past the parser; else its
// bytes.
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <string>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace brownout::fuzz {
namespace {

class Mutator {
 public:
  Mutator(onnx::GraphProto& graph, unsigned seed) : graph_(graph), random_(seed) {}

  void run() {
    for (int changes = 1 + pick(3); changes > 0; --changes) change();
  }

 private:
  int pick(int count) { return static_cast<int>(random_() % static_cast<unsigned>(count)); }
  template <class Repeated>
  auto* any(Repeated* field) {
    return field->empty() ? nullptr : field->Mutable(pick(field->size()));
  }

  std::int64_t number(std::int64_t old) {
    constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
    const auto shifted = [&](int by) {
      return static_cast<std::int64_t>(static_cast<std::uint64_t>(old) +
                                       static_cast<std::uint64_t>(std::int64_t{by}));
    };
    const std::int64_t choices[] = {0,       1,     -1,     2,     3,    shifted(1), shifted(-1),
                                    1 << 20, kMost, -kMost, 65537, 4096, pick(300),  ~old};
    return choices[pick(static_cast<int>(std::size(choices)))];
  }

  /// Of an input, an initialiser or an earlier node's output.
  std::string known_name() {
    std::vector<std::string> names = {""};
    for (const auto& input : graph_.input()) names.push_back(input.name());
    for (const auto& constant : graph_.initializer()) names.push_back(constant.name());
    for (const auto& node : graph_.node()) {
      names.insert(names.end(), node.output().begin(), node.output().end());
    }
    return names[static_cast<std::size_t>(pick(static_cast<int>(names.size())))];
  }

  void change() {
    switch (pick(4)) {
      case 0:
        return change_constant();
      case 1:
        return change_attribute();
      case 2:
        return change_extent();
      default:
        return change_node();
    }
  }

  void change_node() {
    static const char* const kOperators[] = {"Conv",
                                             "ConvTranspose",
                                             "Gemm",
                                             "MatMul",
                                             "Relu",
                                             "Clip",
                                             "Add",
                                             "Concat",
                                             "Slice",
                                             "Pad",
                                             "MaxPool",
                                             "Resize",
                                             "Reshape",
                                             "Transpose",
                                             "Gather",
                                             "Unsqueeze",
                                             "Squeeze",
                                             "Expand",
                                             "Where",
                                             "Shape",
                                             "Flatten",
                                             "Mul",
                                             "ReduceMean",
                                             "Cast",
                                             "Range",
                                             "Softmax",
                                             "Tanh",
                                             "ConstantOfShape",
                                             "Div",
                                             "AveragePool",
                                             "Dropout",
                                             "Identity",
                                             "LeakyRelu",
                                             "Size",
                                             "Constant",
                                             "Sub",
                                             "GlobalAveragePool",
                                             "BatchNormalization",
                                             "QuantizeLinear",
                                             "DequantizeLinear"};
    onnx::NodeProto* node = any(graph_.mutable_node());
    if (node == nullptr) return;
    switch (pick(6)) {
      case 0:
        node->set_op_type(kOperators[pick(static_cast<int>(std::size(kOperators)))]);
        break;
      case 1:
        if (std::string* name = any(node->mutable_input())) *name = known_name();
        break;
      case 2:
        node->add_input(known_name());
        break;
      case 3:
        if (node->input_size() > 0) node->mutable_input()->RemoveLast();
        break;
      case 4:
        insert_after(*node, kOperators[pick(static_cast<int>(std::size(kOperators)))]);
        break;
      default:
        graph_.mutable_node()->SwapElements(pick(graph_.node_size()), pick(graph_.node_size()));
    }
  }

  /// A new node between `node` and those that read it.
  void insert_after(const onnx::NodeProto& node, const std::string& op) {
    if (node.output_size() == 0) return;
    const std::string value = node.output(0);
    const std::string result = value + "_" + std::to_string(pick(10'000));
    int place = 0;
    while (&graph_.node(place) != &node) ++place;
    for (auto& reader : *graph_.mutable_node()) {
      for (auto& name : *reader.mutable_input()) name = name == value ? result : name;
    }
    for (auto& output : *graph_.mutable_output()) {
      if (output.name() == value) output.set_name(result);
    }
    onnx::NodeProto& added = *graph_.add_node();
    added.set_op_type(op);
    added.add_input(value);
    for (int inputs = pick(3); inputs > 0; --inputs) added.add_input(known_name());
    added.add_output(result);
    for (int i = graph_.node_size() - 1; i > place + 1; --i) {
      graph_.mutable_node()->SwapElements(i, i - 1);
    }
  }

  void change_attribute() {
    onnx::NodeProto* node = any(graph_.mutable_node());
    onnx::AttributeProto* attribute = node != nullptr ? any(node->mutable_attribute()) : nullptr;
    if (attribute == nullptr) return;
    if (attribute->ints_size() > 0) {
      auto* const value = any(attribute->mutable_ints());
      *value = number(*value);
      if (pick(8) == 0) attribute->add_ints(pick(4));
    } else if (attribute->has_i()) {
      attribute->set_i(number(attribute->i()));
    } else if (attribute->has_f()) {
      attribute->set_f(real());
    } else if (pick(2) == 0) {
      node->mutable_attribute()->RemoveLast();
    }
  }

  float real() {
    using Limits = std::numeric_limits<float>;
    const float choices[] = {0.0F,
                             -1.0F,
                             0.5F,
                             1e-30F,
                             1e30F,
                             Limits::quiet_NaN(),
                             Limits::max(),
                             Limits::infinity(),
                             Limits::denorm_min()};
    return choices[pick(static_cast<int>(std::size(choices)))];
  }

  void change_constant() {
    onnx::TensorProto* constant = any(graph_.mutable_initializer());
    if (constant == nullptr) return;
    switch (pick(5)) {
      case 0:
        constant->set_data_type(1 + pick(16));
        break;
      case 1:
        if (auto* dim = any(constant->mutable_dims())) *dim = number(*dim);
        break;
      case 2:
        if (constant->dims_size() > 1) {
          constant->mutable_dims()->SwapElements(0, pick(constant->dims_size()));
        }
        break;
      default:
        change_data(*constant);
    }
  }

  void change_data(onnx::TensorProto& constant) {
    if (constant.float_data_size() > 0) *any(constant.mutable_float_data()) = real();
    if (constant.int32_data_size() > 0) {
      *any(constant.mutable_int32_data()) = static_cast<std::int32_t>(number(1));
    }
    if (constant.int64_data_size() > 0) *any(constant.mutable_int64_data()) = number(1);
    std::string& raw = *constant.mutable_raw_data();
    if (raw.empty()) {
      constant.clear_raw_data();
      return;
    }
    auto* bytes = reinterpret_cast<std::uint8_t*>(raw.data());
    if (raw.size() >= 4 && constant.data_type() == onnx::TensorProto::FLOAT && pick(2) == 0) {
      const float value = real();
      std::copy_n(reinterpret_cast<const std::uint8_t*>(&value), 4, bytes);
    } else {
      raw.resize(LLVMFuzzerMutate(bytes, raw.size(), raw.size()));
    }
  }

  void change_extent() {
    onnx::ValueInfoProto* input = any(graph_.mutable_input());
    if (input == nullptr) return;
    auto& shape = *input->mutable_type()->mutable_tensor_type()->mutable_shape();
    if (auto* dim = any(shape.mutable_dim())) dim->set_dim_value(number(dim->dim_value()));
  }

  onnx::GraphProto& graph_;
  std::minstd_rand random_;
};

}  // namespace
}  // namespace brownout::fuzz

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned seed) {
  onnx::ModelProto model;
  const bool parsed = model.ParseFromArray(data, static_cast<int>(size)) && model.has_graph();
  if (!parsed || seed % 8 == 0) return LLVMFuzzerMutate(data, size, max_size);
  brownout::fuzz::Mutator(*model.mutable_graph(), seed).run();
  const std::string bytes = model.SerializeAsString();
  if (bytes.empty() || bytes.size() > max_size) return LLVMFuzzerMutate(data, size, max_size);
  std::copy(bytes.begin(), bytes.end(), data);
  return bytes.size();
}
