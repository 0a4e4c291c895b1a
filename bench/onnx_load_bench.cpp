// SPDX-License-Identifier: Apache-2.0
// Loading networks of 100 MB, float and quantised, against the target of 2 s and against what
// protobuf takes to parse the same file; and the memory it takes.
#include <fmt/format.h>
#include <onnx/onnx_pb.h>
#include <sys/resource.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "models/onnx/float_import.h"
#include "models/onnx/import.h"

namespace brownout::bench {
namespace {

namespace fs = std::filesystem;
using onnx::TensorProto;

constexpr double kTargetSeconds = 2;

/// CPU time, which other work on the machine does not change; the files are in memory.
template <class Work>
double seconds(Work work) {
  const std::clock_t begin = std::clock();
  work();
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

/// A chain of convolutions of 3 x 3 over one 4 x 4 image, then two matrices, one of them stored
/// input first.
class NetworkMaker {
 public:
  NetworkMaker(int channels, bool quantised) : channels_(channels), quantised_(quantised) {
    model_.add_opset_import()->set_version(13);
    auto& type = *model_.mutable_graph()->add_input()->mutable_type()->mutable_tensor_type();
    type.set_elem_type(TensorProto::FLOAT);
    for (const int dim : {1, channels, 4, 4}) {
      type.mutable_shape()->add_dim()->set_dim_value(dim);
    }
    model_.mutable_graph()->mutable_input(0)->set_name("image");
  }

  std::string make() {
    constant("scale", TensorProto::FLOAT, {}).add_float_data(0.25F);
    constant("zero", TensorProto::UINT8, {}).add_int32_data(128);
    constant("weight_zero", TensorProto::INT8, {}).add_int32_data(0);
    std::string value = coded("image");
    for (int i = 0; i < 4; ++i) {
      const std::string name = "conv" + std::to_string(i);
      auto& conv = node("Conv", name, {value, weights(name, {channels_, channels_, 3, 3})});
      auto& pads = *conv.add_attribute();
      pads.set_name("pads");
      pads.set_type(onnx::AttributeProto::INTS);
      for (int side = 0; side < 4; ++side) pads.add_ints(1);
      value = coded(name);
    }
    node("Flatten", "flat", {value});
    node("MatMul", "hidden", {"flat", weights("hidden", {16 * channels_, channels_ / 2})});
    auto& gemm = node("Gemm", "logits", {coded("hidden"), weights("logits", {10, channels_ / 2})});
    auto& transposed = *gemm.add_attribute();
    transposed.set_name("transB");
    transposed.set_type(onnx::AttributeProto::INT);
    transposed.set_i(1);
    auto& output = *model_.mutable_graph()->add_output();
    output.set_name("logits");
    return model_.SerializeAsString();
  }

 private:
  TensorProto& constant(const std::string& name, int type, const std::vector<int>& dims) {
    TensorProto& tensor = *model_.mutable_graph()->add_initializer();
    tensor.set_name(name);
    tensor.set_data_type(type);
    for (const int dim : dims) tensor.add_dims(dim);
    return tensor;
  }

  onnx::NodeProto& node(const std::string& op, const std::string& name,
                        const std::vector<std::string>& inputs) {
    onnx::NodeProto& node = *model_.mutable_graph()->add_node();
    node.set_op_type(op);
    for (const std::string& input : inputs) node.add_input(input);
    node.add_output(name);
    return node;
  }

  /// The value behind a quantisation of it.
  std::string coded(const std::string& value) {
    if (!quantised_) return value;
    node("QuantizeLinear", value + "_codes", {value, "scale", "zero"});
    node("DequantizeLinear", value + "_real", {value + "_codes", "scale", "zero"});
    return value + "_real";
  }

  std::string weights(const std::string& layer, const std::vector<int>& dims) {
    std::string name = layer + "_w";
    std::size_t bytes = quantised_ ? 1 : sizeof(float);
    for (const int dim : dims) bytes *= static_cast<std::size_t>(dim);
    std::string raw(bytes, '\0');
    // Bytes of floats near 1 or any codes at all.
    for (std::size_t i = 0; i < bytes; ++i) {
      raw[i] = i % 4 == 3 && !quantised_ ? '\x3f' : static_cast<char>(i * 31 & 0x7fU);
    }
    TensorProto& tensor = constant(name, quantised_ ? TensorProto::INT8 : TensorProto::FLOAT, dims);
    tensor.set_raw_data(std::move(raw));
    if (!quantised_) return name;
    node("DequantizeLinear", name + "_real", {name, "scale", "weight_zero"});
    return name + "_real";
  }

  onnx::ModelProto model_;
  int channels_;
  bool quantised_;
};

double peak_mebibytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

template <class Load>
void measure(const char* kind, int channels, bool quantised, Load load) {
  const fs::path path =
      fs::temp_directory_path() / ("brownout_load_" + std::to_string(getpid()) + ".onnx");
  std::ofstream(path, std::ios::binary) << NetworkMaker(channels, quantised).make();
  const double size = static_cast<double>(fs::file_size(path)) / 1e6;
  const auto parse = [&] {
    onnx::ModelProto model;
    std::ifstream file(path, std::ios::binary);
    if (!model.ParseFromIstream(&file)) fmt::print("the file is damaged\n");
  };
  parse();  // from now on the file is in memory
  std::ofstream("/proc/self/clear_refs") << "5";
  const double parsed = seconds(parse);
  const double parse_peak = peak_mebibytes();
  const double loaded = seconds([&] { static_cast<void>(load(path)); });
  fmt::print(
      "{:<10}{:6.1f} MB: {:.3f} s, target {:.0f} s ({:.1f} x faster than target), "
      "{:.1f} x protobuf's parse alone ({:.3f} s); peak {:.0f} MiB, parse alone {:.0f}\n",
      kind, size, loaded, kTargetSeconds, kTargetSeconds / loaded, loaded / parsed, parsed,
      peak_mebibytes(), parse_peak);
  fs::remove(path);
}

}  // namespace
}  // namespace brownout::bench

int main() {
  using brownout::bench::measure;
  measure("float", 754, false,
          [](const auto& path) { return brownout::models::load_float_onnx(path); });
  measure("quantised", 1510, true,
          [](const auto& path) { return brownout::models::load_onnx(path); });
}
