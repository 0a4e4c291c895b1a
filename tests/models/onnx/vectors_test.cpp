// SPDX-License-Identifier: Apache-2.0
// ONNX's operator test vectors (Debian package libonnx-testdata) through import and reference
// inference. Where the rounding of halves could matter, the vectors do not contain one.
#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "models/onnx/coding.h"
#include "models/onnx/constant.h"
#include "models/onnx/import.h"
#include "models/reference.h"
#include "sim/core/error.h"
#include "tests/models/onnx/model_maker.h"
#include "tests/models/onnx/operator_vectors.h"

namespace brownout::models {
namespace {

using onnx::TensorProto;

class VectorsTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(kVectorFolder))
      GTEST_SKIP() << "libonnx-testdata is not installed";
  }

  void open(const std::string& test) {
    folder_ = kVectorFolder + test;
    parse("/model.onnx", model_);
  }

  TensorProto vector(const std::string& name) const {
    TensorProto tensor;
    parse("/test_data_set_0/" + name + ".pb", tensor);
    return tensor;
  }

  /// Turns all inputs but the first into initialisers with the vectors' values.
  void fix_operands() {
    auto& graph = *model_.mutable_graph();
    for (int i = 1; i < graph.input_size(); ++i) {
      TensorProto& constant = *graph.add_initializer();
      constant = vector("input_" + std::to_string(i));
      constant.set_name(graph.input(i).name());
    }
  }

  /// Brownout's weights are symmetric, the vectors' are not. The same sums come from reading the
  /// input twice with weights w = w1 + w2 that fit int8: `axis` of the weights (initialiser 2, its
  /// zero point initialiser 4) is the one that sums. It is the outermost with data.
  void split_weights(int axis) {
    auto& graph = *model_.mutable_graph();
    TensorProto& weights = *graph.mutable_initializer(2);
    TensorProto& zero_point = *graph.mutable_initializer(4);
    const std::vector<std::int32_t> codes = integers_of(weights);
    const std::int32_t zero = integers_of(zero_point).front();
    std::string first, second;
    for (const std::int32_t code : codes) {
      const std::int32_t w1 = std::clamp(code - zero, -128, 127);
      first += static_cast<char>(w1);
      second += static_cast<char>(code - zero - w1);
    }
    weights.set_raw_data(first + second);
    weights.set_data_type(TensorProto::INT8);
    weights.set_dims(axis, 2 * weights.dims(axis));
    zero_point.set_raw_data(std::string(1, '\0'));
    zero_point.set_data_type(TensorProto::INT8);
  }

  /// Declares the first input as one image of these extents.
  void declare_input(const std::vector<int>& dims) {
    auto& shape = *model_.mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type();
    shape.clear_shape();
    for (const int dim : dims) shape.mutable_shape()->add_dim()->set_dim_value(dim);
  }

  [[nodiscard]] static std::vector<std::int32_t> integers_of(const TensorProto& tensor) {
    return onnx_import::integers(onnx_import::make_constant(tensor));
  }

  onnx::ModelProto model_;

 private:
  template <class Message>
  void parse(const std::string& name, Message& message) const {
    std::ifstream file(folder_ + name, std::ios::binary);
    ASSERT_TRUE(message.ParseFromIstream(&file)) << folder_ << name;
  }

  std::string folder_;
};

/// CHW values as HWC codes.
std::vector<std::uint8_t> to_hwc(const std::vector<std::int32_t>& values, const Shape& shape) {
  std::vector<std::uint8_t> codes(shape.elements());
  std::size_t i = 0;
  for (int c = 0; c < shape.channels; ++c) {
    for (int y = 0; y < shape.height; ++y) {
      for (int x = 0; x < shape.width; ++x) {
        codes.at(shape.offset(y, x, c)) = static_cast<std::uint8_t>(values.at(i++));
      }
    }
  }
  return codes;
}

std::vector<std::int32_t> twice(std::vector<std::int32_t> values) {
  const std::vector<std::int32_t> copy = values;
  values.insert(values.end(), copy.begin(), copy.end());
  return values;
}

/// Codes of the network's output for one image given in CHW order.
std::vector<std::uint8_t> run(const Graph& graph, const std::vector<std::int32_t>& image) {
  return run_reference(graph, to_hwc(image, graph.tensor(graph.input).shape)).codes.back();
}

TEST_F(VectorsTest, QLinearConv) {
  open("test_qlinearconv");
  fix_operands();
  split_weights(1);
  declare_input({1, 2, 7, 7});
  const Graph graph = load(model_);
  const Shape shape = graph.tensor(graph.output).shape;
  EXPECT_EQ(run(graph, twice(integers_of(vector("input_0")))),
            to_hwc(integers_of(vector("output_0")), shape));
}

TEST_F(VectorsTest, QLinearMatMul) {
  open("test_qlinearmatmul_2D");
  fix_operands();
  split_weights(0);
  declare_input({1, 8});
  const Graph graph = load(model_);
  const std::vector<std::int32_t> inputs = integers_of(vector("input_0"));
  const std::vector<std::int32_t> outputs = integers_of(vector("output_0"));
  for (const std::ptrdiff_t row : {0, 1}) {
    const std::vector<std::int32_t> image(inputs.begin() + 4 * row, inputs.begin() + 4 * row + 4);
    const std::vector<std::uint8_t> expected(outputs.begin() + 3 * row,
                                             outputs.begin() + 3 * row + 3);
    EXPECT_EQ(run(graph, twice(image)), expected) << "row " << row;
  }
}

TEST_F(VectorsTest, MaxPoolOfCodes) {
  open("test_maxpool_2d_uint8");
  ModelMaker maker({1, 5, 5}, 0);
  *maker.model.mutable_graph()->add_node() = model_.graph().node(0);
  const Graph graph = load(maker.output("y").model);
  const Shape shape = graph.tensor(graph.output).shape;
  EXPECT_EQ(run(graph, integers_of(vector("input_0"))),
            to_hwc(integers_of(vector("output_0")), shape));
}

TEST_F(VectorsTest, QuantizeLinear) {
  open("test_quantizelinear");
  const auto reals = onnx_import::reals(onnx_import::make_constant(vector("input_0")));
  const auto scale = onnx_import::reals(onnx_import::make_constant(vector("input_1")));
  const std::vector<std::int32_t> expected = integers_of(vector("output_0"));
  ASSERT_EQ(reals.size(), expected.size());
  for (std::size_t i = 0; i < reals.size(); ++i) {
    EXPECT_EQ(onnx_import::code_of(static_cast<double>(reals[i]), static_cast<double>(scale[0]),
                                   integers_of(vector("input_2")).front()),
              expected[i]);
  }
}

/// Every operator and network ONNX tests: almost all are float and refused, none may escape.
TEST_F(VectorsTest, EveryPackagedModelLoadsOrIsRefused) {
  int refused = 0;
  const std::filesystem::path data =
      std::filesystem::path(kVectorFolder).parent_path().parent_path();
  for (const auto& entry : std::filesystem::recursive_directory_iterator(data)) {
    if (entry.path().extension() != ".onnx") continue;
    try {
      (void)load_onnx(entry.path());
    } catch (const InputError& error) {
      ++refused;
      EXPECT_EQ(std::string(error.what()).rfind(entry.path().string() + ": ", 0), 0U);
    }
  }
  EXPECT_GT(refused, 500);
}

}  // namespace
}  // namespace brownout::models
