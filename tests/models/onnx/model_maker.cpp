// SPDX-License-Identifier: Apache-2.0
#include "tests/models/onnx/model_maker.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "models/onnx/import.h"
#include "sim/core/error.h"

namespace brownout::models {

using onnx::AttributeProto;
using onnx::TensorProto;

std::string test_file(const std::string& name) {
  return testing::TempDir() + "brownout_onnx_" + std::to_string(getpid()) + "_" + name;
}

Graph load_bytes(const std::string& bytes) {
  const std::string path = test_file("model.onnx");
  std::ofstream(path, std::ios::binary) << bytes;
  try {
    Graph graph = load_onnx(path);
    std::remove(path.c_str());
    return graph;
  } catch (...) {
    std::remove(path.c_str());
    throw;
  }
}

Graph load(const onnx::ModelProto& model) { return load_bytes(model.SerializeAsString()); }

std::string load_error_of_bytes(const std::string& bytes) {
  try {
    (void)load_bytes(bytes);
  } catch (const InputError& error) {
    std::string message = error.what();
    const std::string prefix = test_file("model.onnx") + ": ";
    EXPECT_EQ(message.rfind(prefix, 0), 0U) << message;
    for (std::size_t at = message.find(prefix); at != std::string::npos;
         at = message.find(prefix)) {
      message.erase(at, prefix.size());
    }
    return message;
  }
  return {};
}

std::string load_error(const onnx::ModelProto& model) {
  return load_error_of_bytes(model.SerializeAsString());
}

ModelMaker::ModelMaker(const std::vector<int>& dims, int zero_point, int type)
    : zero_point_(zero_point), type_(type) {
  model.set_ir_version(7);
  model.add_opset_import()->set_version(13);
  model.mutable_graph()->set_name("made");
  auto& input = *model.mutable_graph()->add_input();
  input.set_name("image");
  auto& tensor = *input.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(TensorProto::FLOAT);
  tensor.mutable_shape()->add_dim()->set_dim_value(1);
  for (const int dim : dims) tensor.mutable_shape()->add_dim()->set_dim_value(dim);
  (void)quantize("image", "x", 0.5F, zero_point, type);
}

std::string ModelMaker::floats(const std::string& name, const std::vector<int>& dims,
                               const std::vector<float>& values) {
  TensorProto& tensor = *model.mutable_graph()->add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(TensorProto::FLOAT);
  for (const int dim : dims) tensor.add_dims(dim);
  for (const float value : values) tensor.add_float_data(value);
  return name;
}

std::string ModelMaker::integers(const std::string& name, int type, const std::vector<int>& dims,
                                 const std::vector<int>& values) {
  TensorProto& tensor = *model.mutable_graph()->add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(type);
  for (const int dim : dims) tensor.add_dims(dim);
  for (const int value : values) {
    if (type == TensorProto::INT64) {
      tensor.add_int64_data(value);
    } else {
      tensor.add_int32_data(value);
    }
  }
  return name;
}

onnx::NodeProto& ModelMaker::node(const std::string& op, const std::string& name,
                                  const std::vector<std::string>& inputs) {
  onnx::NodeProto& node = *model.mutable_graph()->add_node();
  node.set_op_type(op);
  node.set_name(name);
  for (const std::string& input : inputs) node.add_input(input);
  node.add_output(name);
  return node;
}

std::string ModelMaker::quantize(const std::string& value, const std::string& name, float scale,
                                 int zero_point, int type) {
  node("QuantizeLinear", name,
       {value, floats(name + ".s", {}, {scale}), integers(name + ".z", type, {}, {zero_point})});
  return name;
}

std::string ModelMaker::dequantize(const std::string& codes, const std::string& name, float scale,
                                   int zero_point, int type) {
  node("DequantizeLinear", name,
       {codes, floats(name + ".s", {}, {scale}), integers(name + ".z", type, {}, {zero_point})});
  return name;
}

std::string ModelMaker::real_input() { return dequantize("x", "x.real", 0.5F, zero_point_, type_); }

std::string ModelMaker::weights(const std::string& name, const std::vector<int>& dims,
                                const std::vector<int>& codes, float scale) {
  (void)integers(name + ".codes", TensorProto::INT8, dims, codes);
  return dequantize(name + ".codes", name, scale, 0, TensorProto::INT8);
}

ModelMaker& ModelMaker::output(const std::string& name) {
  model.mutable_graph()->add_output()->set_name(name);
  return *this;
}

void set_int(onnx::NodeProto& node, const std::string& name, int value) {
  AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(AttributeProto::INT);
  attribute.set_i(value);
}

void set_ints(onnx::NodeProto& node, const std::string& name, const std::vector<int>& values) {
  AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(AttributeProto::INTS);
  for (const int value : values) attribute.add_ints(value);
}

void set_text(onnx::NodeProto& node, const std::string& name, const std::string& value) {
  AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(AttributeProto::STRING);
  attribute.set_s(value);
}

std::vector<int> counting(int count) {
  std::vector<int> values;
  for (int i = 1; i <= count; ++i) values.push_back(i % 2 == 0 ? -i : i);
  return values;
}

}  // namespace brownout::models
