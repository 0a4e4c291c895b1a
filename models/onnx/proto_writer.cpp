// SPDX-License-Identifier: Apache-2.0
#include "models/onnx/proto_writer.h"

#include <fmt/format.h>

#include "sim/core/error.h"

namespace brownout::models::onnx_export {

using onnx::AttributeProto;
using onnx::TensorProto;

void ProtoWriter::claim(const std::string& name, const std::string& owner) {
  if (name.empty() || !names_.insert(name).second) {
    throw InputError(fmt::format("{}: the name '{}' is empty or used twice; ONNX needs unique ones",
                                 owner, name));
  }
}

std::string ProtoWriter::fresh(const std::string& wanted) {
  std::string name = wanted;
  for (int number = 1; !names_.insert(name).second; ++number) {
    name = fmt::format("{}.{}", wanted, number);
  }
  return name;
}

TensorProto& ProtoWriter::add_constant(const std::string& wanted, const std::vector<int>& dims,
                                       TensorProto::DataType type) {
  TensorProto& proto = *graph_.add_initializer();
  proto.set_name(fresh(wanted));
  proto.set_data_type(type);
  for (const int dim : dims) proto.add_dims(dim);
  return proto;
}

std::string ProtoWriter::add_floats(const std::string& wanted, const std::vector<int>& dims,
                                    const std::vector<double>& values) {
  TensorProto& proto = add_constant(wanted, dims, TensorProto::FLOAT);
  for (const double value : values) proto.add_float_data(static_cast<float>(value));
  return proto.name();
}

std::string ProtoWriter::add_integers(const std::string& wanted, const std::vector<int>& dims,
                                      const std::vector<std::int32_t>& values,
                                      TensorProto::DataType type) {
  TensorProto& proto = add_constant(wanted, dims, type);
  for (const std::int32_t value : values) {
    if (type == TensorProto::INT64) {
      proto.add_int64_data(value);
    } else {
      proto.add_int32_data(value);
    }
  }
  return proto.name();
}

std::string ProtoWriter::add_weights(const std::string& wanted, const std::vector<int>& dims,
                                     const std::vector<std::int8_t>& values) {
  TensorProto& proto = add_constant(wanted, dims, TensorProto::INT8);
  proto.mutable_raw_data()->assign(values.begin(), values.end());
  return proto.name();
}

onnx::NodeProto& ProtoWriter::add_node(const char* op, const std::string& name,
                                       const std::vector<std::string>& inputs,
                                       const std::string& output) {
  onnx::NodeProto& node = *graph_.add_node();
  node.set_op_type(op);
  node.set_name(name);
  for (const std::string& input : inputs) node.add_input(input);
  node.add_output(output);
  return node;
}

void set_attribute(onnx::NodeProto& node, const char* name, int value) {
  AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(AttributeProto::INT);
  attribute.set_i(value);
}

void set_attribute(onnx::NodeProto& node, const char* name, const std::vector<int>& values) {
  AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(AttributeProto::INTS);
  for (const int value : values) attribute.add_ints(value);
}

void set_attribute(onnx::NodeProto& node, const char* name, const char* text) {
  AttributeProto& attribute = *node.add_attribute();
  attribute.set_name(name);
  attribute.set_type(AttributeProto::STRING);
  attribute.set_s(text);
}

void set_window(onnx::NodeProto& node, const Window& w, bool dilations) {
  set_attribute(node, "kernel_shape", {w.kernel_h, w.kernel_w});
  set_attribute(node, "strides", {w.stride_h, w.stride_w});
  set_attribute(node, "pads", {w.pad_top, w.pad_left, w.pad_bottom, w.pad_right});
  if (dilations) set_attribute(node, "dilations", {w.dilation_h, w.dilation_w});
}

void declare(onnx::ValueInfoProto& info, const std::string& name, const std::vector<int>& extents) {
  info.set_name(name);
  auto& type = *info.mutable_type()->mutable_tensor_type();
  type.set_elem_type(TensorProto::FLOAT);
  type.mutable_shape()->add_dim()->set_dim_param("N");
  for (const int extent : extents) type.mutable_shape()->add_dim()->set_dim_value(extent);
}

}  // namespace brownout::models::onnx_export
