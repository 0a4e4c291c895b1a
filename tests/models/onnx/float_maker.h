// SPDX-License-Identifier: Apache-2.0
// Small float ONNX files written by hand for tests.
#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "models/onnx/float_import.h"
#include "sim/core/error.h"
#include "tests/models/onnx/model_maker.h"

namespace brownout::models {

/// A float network from "image" [1, dims...].
class FloatMaker {
 public:
  explicit FloatMaker(const std::vector<int>& dims) {
    auto& opset = *model.add_opset_import();
    opset.set_version(13);
    model.mutable_graph()->set_name("test");
    auto& type = *declared(*model.mutable_graph()->add_input(), "image");
    type.mutable_shape()->add_dim()->set_dim_param("N");
    for (const int dim : dims) type.mutable_shape()->add_dim()->set_dim_value(dim);
  }

  std::string floats(const std::string& name, const std::vector<int>& dims,
                     const std::vector<float>& values) {
    onnx::TensorProto& tensor = constant(name, onnx::TensorProto::FLOAT, dims);
    tensor.mutable_float_data()->Add(values.begin(), values.end());
    return name;
  }
  std::string integers(const std::string& name, const std::vector<std::int64_t>& values) {
    onnx::TensorProto& tensor =
        constant(name, onnx::TensorProto::INT64, {static_cast<int>(values.size())});
    tensor.mutable_int64_data()->Add(values.begin(), values.end());
    return name;
  }
  onnx::NodeProto& node(const std::string& op, const std::string& name,
                        const std::vector<std::string>& inputs) {
    auto& node = *model.mutable_graph()->add_node();
    node.set_op_type(op);
    node.set_name(name);
    for (const std::string& input : inputs) node.add_input(input);
    node.add_output(name);
    return node;
  }
  FloatMaker& output(const std::string& name) {
    declared(*model.mutable_graph()->add_output(), name);
    return *this;
  }
  void save(const std::string& file) const {
    std::ofstream(file, std::ios::binary) << model.SerializeAsString();
  }
  FloatNetwork load() const {
    const std::string file = test_file("float_import.onnx");
    save(file);
    return load_float_onnx(file);
  }
  std::string refusal() const {
    try {
      static_cast<void>(load());
    } catch (const InputError& error) {
      return error.what();
    }
    return {};
  }

  onnx::ModelProto model;

 private:
  static onnx::TypeProto_Tensor* declared(onnx::ValueInfoProto& info, const std::string& name) {
    info.set_name(name);
    auto* type = info.mutable_type()->mutable_tensor_type();
    type->set_elem_type(onnx::TensorProto::FLOAT);
    return type;
  }
  onnx::TensorProto& constant(const std::string& name, int type, const std::vector<int>& dims) {
    onnx::TensorProto& tensor = *model.mutable_graph()->add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(type);
    for (const int dim : dims) tensor.add_dims(dim);
    return tensor;
  }
};

}  // namespace brownout::models
