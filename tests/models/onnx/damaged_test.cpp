// SPDX-License-Identifier: Apache-2.0
// Files that are broken or hostile before any operator matters.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "models/onnx/import.h"
#include "sim/core/error.h"
#include "tests/models/onnx/model_maker.h"

namespace brownout::models {
namespace {

using onnx::TensorProto;
using testing::HasSubstr;

/// x -> MaxPool -> y, with a spare constant "c" that Identity reads.
ModelMaker sound_model() {
  ModelMaker maker({2, 4, 4});
  set_ints(maker.node("MaxPool", "y", {"x"}), "kernel_shape", {2, 2});
  maker.node("Identity", "copy", {maker.floats("c", {2}, {1, 2})});
  return maker.output("y");
}

TensorProto& spare_constant(ModelMaker& maker) {
  return *maker.model.mutable_graph()->mutable_initializer()->rbegin();
}

TEST(DamagedTest, TheSoundModelLoads) { EXPECT_EQ(load_error(sound_model().model), ""); }

TEST(DamagedTest, OtherFilesAreRecognised) {
  const std::string truncated = sound_model().model.SerializeAsString();
  EXPECT_THAT(load_error_of_bytes(truncated.substr(0, truncated.size() - 7)),
              HasSubstr("not an ONNX file, or a truncated"));
  EXPECT_THAT(load_error_of_bytes("kind: fashion_mnist\n"), HasSubstr("not an ONNX file"));
  EXPECT_THAT(load_error_of_bytes(""), HasSubstr("not an ONNX file"));
  EXPECT_THROW((void)load_onnx("/nonexistent/model.onnx"), InputError);
  EXPECT_THROW((void)load_onnx(testing::TempDir()), InputError);
}

struct Case {
  const char* name;
  const char* message;
  std::function<void(ModelMaker&)> damage;
};

std::ostream& operator<<(std::ostream& out, const Case& c) { return out << c.name; }

class DamagedCase : public testing::TestWithParam<Case> {};

TEST_P(DamagedCase, IsNamed) {
  ModelMaker maker = sound_model();
  GetParam().damage(maker);
  EXPECT_THAT(load_error(maker.model), HasSubstr(GetParam().message));
}

onnx::GraphProto& graph(ModelMaker& m) { return *m.model.mutable_graph(); }

onnx::TensorShapeProto& input_shape(ModelMaker& m) {
  return *graph(m).mutable_input(0)->mutable_type()->mutable_tensor_type()->mutable_shape();
}

const std::vector<Case> kCases = {
    {"old_opset", "operator set 6, allowed are 7 to 21",
     [](ModelMaker& m) { m.model.mutable_opset_import(0)->set_version(6); }},
    {"missing_initialiser", "node 'y' (MaxPool): input 'gone' is neither an input",
     [](ModelMaker& m) { graph(m).mutable_node(1)->set_input(0, "gone"); }},
    {"unknown_output", "the network's output: input 'gone' is neither",
     [](ModelMaker& m) { graph(m).mutable_output(0)->set_name("gone"); }},
    {"cycle", "is the output of a later node; nodes must be in order and without cycles",
     [](ModelMaker& m) { graph(m).mutable_node(0)->set_input(0, "y"); }},
    {"self_loop", "is the output of a later node",
     [](ModelMaker& m) { graph(m).mutable_node(1)->set_input(0, "y"); }},
    {"duplicate_output", "output 'x': the name is defined twice",
     [](ModelMaker& m) { graph(m).mutable_node(1)->set_output(0, "x"); }},
    {"duplicate_initialiser", "initialiser 'c': the name is defined twice",
     [](ModelMaker& m) { *graph(m).add_initializer() = spare_constant(m); }},
    {"two_outputs", "1 inputs and 2 outputs", [](ModelMaker& m) { m.output("x"); }},
    {"no_input", "0 inputs and 1 outputs", [](ModelMaker& m) { graph(m).clear_input(); }},
    {"no_node_output", "has no output",
     [](ModelMaker& m) { graph(m).mutable_node(2)->clear_output(); }},
    {"external_data", "constant 'c': external data '': no such file",
     [](ModelMaker& m) { spare_constant(m).set_data_location(TensorProto::EXTERNAL); }},
    {"raw_size", "constant 'c': holds 7 bytes of raw data, its dimensions need 8",
     [](ModelMaker& m) { spare_constant(m).set_raw_data("1234567"); }},
    {"typed_size", "constant 'c': holds 1 values, its dimensions need 2",
     [](ModelMaker& m) { spare_constant(m).mutable_float_data()->RemoveLast(); }},
    {"negative_dimension", "constant 'c': has a dimension of -2",
     [](ModelMaker& m) { spare_constant(m).set_dims(0, -2); }},
    {"huge_dimension", "constant 'c': has a dimension of 9223372036854775807",
     [](ModelMaker& m) { spare_constant(m).set_dims(0, INT64_MAX); }},
    {"overflowing_dimensions", "constant 'c': has a dimension of 1048576",
     [](ModelMaker& m) {
       spare_constant(m).set_dims(0, 1 << 20);
       spare_constant(m).add_dims(1 << 20);
       spare_constant(m).add_dims(1 << 20);
       spare_constant(m).add_dims(1 << 20);
     }},
    {"wrong_type", "constant 'c': is COMPLEX64, allowed are FLOAT",
     [](ModelMaker& m) { spare_constant(m).set_data_type(TensorProto::COMPLEX64); }},
    {"unknown_type", "constant 'c': is type 99",
     [](ModelMaker& m) { spare_constant(m).set_data_type(99); }},
    {"batch", "input 'image': has a batch of 8",
     [](ModelMaker& m) { input_shape(m).mutable_dim(0)->set_dim_value(8); }},
    {"rank", "input 'image': has 5 dimensions",
     [](ModelMaker& m) { input_shape(m).add_dim()->set_dim_value(1); }},
    {"symbolic_height", "dimension 2 is 0",
     [](ModelMaker& m) { input_shape(m).mutable_dim(2)->set_dim_param("h"); }},
    {"negative_extent", "dimension 1 is -1",
     [](ModelMaker& m) { input_shape(m).mutable_dim(1)->set_dim_value(-1); }},
    {"huge_extent", "dimension 2 is 1048576",
     [](ModelMaker& m) {
       for (const int d : {1, 2, 3}) input_shape(m).mutable_dim(d)->set_dim_value(1 << 20);
     }},
    {"input_type", "must be float, uint8 or int8",
     [](ModelMaker& m) {
       graph(m).mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(
           TensorProto::STRING);
     }},
    {"attribute_type", "attribute 'kernel_shape': is INT, allowed is INTS",
     [](ModelMaker& m) {
       graph(m).mutable_node(1)->clear_attribute();
       set_int(*graph(m).mutable_node(1), "kernel_shape", 2);
     }},
    {"missing_attribute", "attribute 'kernel_shape': is missing",
     [](ModelMaker& m) { graph(m).mutable_node(1)->clear_attribute(); }},
    {"missing_input", "node 'x' (QuantizeLinear): input 1 is missing",
     [](ModelMaker& m) { graph(m).mutable_node(0)->set_input(1, ""); }},
    {"no_inputs_at_all", "node 'y' (MaxPool): input 0 is missing",
     [](ModelMaker& m) { graph(m).mutable_node(1)->clear_input(); }},
    {"mean_count", "metadata 'brownout.mean': has 1 numbers, the input has 2 channels",
     [](ModelMaker& m) {
       m.model.add_metadata_props()->set_key("brownout.mean");
       m.model.mutable_metadata_props(0)->set_value("0.5");
     }},
    {"mean_text", "metadata 'brownout.mean': 'half' is not a number",
     [](ModelMaker& m) {
       m.model.add_metadata_props()->set_key("brownout.mean");
       m.model.mutable_metadata_props(0)->set_value("0.5,half");
     }},
    {"deviation_zero", "metadata 'brownout.deviation': holds 0, allowed are positive numbers",
     [](ModelMaker& m) {
       m.model.add_metadata_props()->set_key("brownout.deviation");
       m.model.mutable_metadata_props(0)->set_value("0.5,0");
     }},
};

/// Of a network whose scale number `which` (input coded, input decoded, weights, output) is
/// `scale`.
std::string error_with_scale(int which, float scale) {
  ModelMaker maker({2, 1, 1});
  maker.node("Conv", "c", {maker.real_input(), maker.weights("w", {3, 2, 1, 1}, counting(6), 1)});
  maker.output(maker.quantize("c", "y", 0.25F, 0));
  for (TensorProto& constant : *graph(maker).mutable_initializer()) {
    if (constant.data_type() != TensorProto::FLOAT || which-- != 0) continue;
    constant.set_float_data(0, scale);
  }
  return load_error(maker.model);
}

constexpr int kScales = 4;

TEST(DamagedScales, AreNamedUnlessPositiveAndFinite) {
  using Limits = std::numeric_limits<float>;
  for (const float scale :
       {0.0F, -0.0F, -1.0F, Limits::quiet_NaN(), Limits::infinity(), -Limits::infinity()}) {
    for (int which = 0; which < kScales; ++which) {
      EXPECT_THAT(error_with_scale(which, scale), HasSubstr("allowed are positive numbers"))
          << scale << " as scale " << which;
    }
  }
}

TEST(DamagedScales, ThatNoMultiplierReachesAreNamed) {
  using Limits = std::numeric_limits<float>;
  for (const float scale : {Limits::denorm_min(), 1e-30F, 1e30F, Limits::max()}) {
    for (int which = 0; which < kScales; ++which) {
      EXPECT_NE(error_with_scale(which, scale), "") << scale << " as scale " << which;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Files, DamagedCase, testing::ValuesIn(kCases),
                         [](const auto& c) { return c.param.name; });

}  // namespace
}  // namespace brownout::models
