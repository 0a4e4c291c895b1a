// SPDX-License-Identifier: Apache-2.0
// Constants computed while loading, against ONNX's operator test vectors (Debian package
// libonnx-testdata): every one of an operator that folds.
#include "models/onnx/fold.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>

#include <cmath>
#include <deque>
#include <filesystem>
#include <optional>
#include <string>

#include "models/onnx/node_view.h"
#include "sim/core/error.h"
#include "tests/models/onnx/operator_vectors.h"

namespace brownout::models::onnx_import {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

/// None for types the importer has no use for.
std::optional<Numbers> numbers_of(const fs::path& path) {
  const auto proto = parse<onnx::TensorProto>(path);
  try {
    return read_numbers(make_constant(proto));
  } catch (const InputError&) {
    return std::nullopt;
  }
}

bool equal(const Numbers& a, const Numbers& b) {
  if (a.dims != b.dims || a.is_float() != b.is_float() || a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double difference = std::fabs(a.real(i) - b.real(i));
    if (!(difference <= 1e-6 * std::fabs(a.real(i))) &&
        !(std::isnan(a.real(i)) && std::isnan(b.real(i)))) {
      return false;
    }
  }
  return true;
}

/// Whether the folder's vector could be tried; failures are reported.
bool check_vector(const fs::path& folder) {
  const auto model = parse<onnx::ModelProto>(folder / "model.onnx");
  if (model.graph().node_size() != 1) return false;
  const NodeView node(model.graph().node(0));
  const Fold fold = find_fold(node.op());
  if (fold == nullptr) return false;
  const fs::path data = folder / "test_data_set_0";
  std::deque<Numbers> inputs;
  Operands operands;
  for (int i = 0; i < node.proto().input_size(); ++i) {
    operands.push_back(nullptr);
    if (node.input(i).empty()) continue;
    const auto numbers = numbers_of(data / ("input_" + std::to_string(inputs.size()) + ".pb"));
    if (!numbers) return false;
    operands.back() = &inputs.emplace_back(*numbers);
  }
  const auto expected = numbers_of(data / "output_0.pb");
  if (!expected) return false;
  try {
    EXPECT_TRUE(equal(fold({node, operands}), *expected)) << folder;
  } catch (const InputError& error) {
    // Named, at least: three operands of Max, integers that are not what shapes are made of.
    EXPECT_NE(std::string(error.what()), "") << folder;
    return false;
  }
  return true;
}

TEST(FoldVectors, GiveTheOutputs) {
  if (!fs::exists(kVectorFolder)) GTEST_SKIP() << "libonnx-testdata is not installed";
  int checked = 0;
  for (const auto& entry : fs::directory_iterator(kVectorFolder)) {
    checked += check_vector(entry.path()) ? 1 : 0;
  }
  EXPECT_GT(checked, 100);
}

Numbers run(const onnx::NodeProto& proto, const std::vector<Numbers>& inputs) {
  Operands operands;
  for (const Numbers& input : inputs) operands.push_back(&input);
  return find_fold(proto.op_type())({NodeView(proto), operands});
}

onnx::NodeProto node(const std::string& op) {
  onnx::NodeProto proto;
  proto.set_op_type(op);
  return proto;
}

std::string refusal(const std::string& op, const std::vector<Numbers>& inputs) {
  try {
    static_cast<void>(run(node(op), inputs));
  } catch (const InputError& error) {
    return error.what();
  }
  return {};
}

TEST(Fold, SlicesBackwardsToTheVeryBeginning) {
  const std::int64_t beginning = -9223372036854775807;
  const Numbers reversed =
      run(node("Slice"), {vector_of({1, 2, 3, 4}), vector_of({-1}), vector_of({beginning}),
                          vector_of({0}), vector_of({-1})});
  EXPECT_EQ(reversed.integers(), (std::vector<std::int64_t>{4, 3, 2, 1}));
}

TEST(Fold, MakesNoHugeConstantsOfSmallFiles) {
  EXPECT_THAT(refusal("ConstantOfShape", {vector_of({1 << 14, 1 << 14})}),
              HasSubstr("makes a constant of 268435456 elements"));
  EXPECT_THAT(refusal("ConstantOfShape", {vector_of({std::int64_t{1} << 62, 8})}),
              HasSubstr("up to 2^28 elements"));
  EXPECT_THAT(refusal("Expand", {vector_of({1}), vector_of({1 << 25})}),
              HasSubstr("makes a constant of"));
  EXPECT_THAT(refusal("Range", {{{}, std::vector<std::int64_t>{0}},
                                {{}, std::vector<std::int64_t>{std::int64_t{1} << 60}},
                                {{}, std::vector<std::int64_t>{1}}}),
              HasSubstr("makes a constant of"));
}

TEST(Fold, RefusesWhatHasNoValue) {
  EXPECT_THAT(refusal("Div", {vector_of({1}), vector_of({0})}), HasSubstr("divides by zero"));
  EXPECT_THAT(refusal("Gather", {vector_of({1}), vector_of({1})}), HasSubstr("element 1 of 1"));
  EXPECT_THAT(refusal("Reshape", {vector_of({1, 2, 3}), vector_of({2, -1})}),
              HasSubstr("reshapes [3] to [2, -1]"));
  EXPECT_THAT(refusal("Squeeze", {vector_of({1, 2}), vector_of({0})}), HasSubstr("drops"));
  EXPECT_THAT(refusal("Unsqueeze", {vector_of({1}), vector_of({0, 0})}), HasSubstr("twice"));
  EXPECT_THAT(refusal("Slice", {vector_of({1}), vector_of({0}), vector_of({1}), vector_of({0}),
                                vector_of({0})}),
              HasSubstr("step of 0"));
}

}  // namespace
}  // namespace brownout::models::onnx_import
