// SPDX-License-Identifier: Apache-2.0
// ONNX's operator test vectors (Debian package libonnx-testdata) as float networks of one node. The
// outcome, operator by operator, is the table in docs/onnx.md.
#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "models/onnx/float_import.h"
#include "models/onnx/floating/float_operators.h"
#include "models/onnx/numbers.h"
#include "models/quantizer/float_evaluate.h"
#include "sim/core/error.h"
#include "tests/models/onnx/model_maker.h"
#include "tests/models/onnx/operator_vectors.h"

namespace brownout::models {
namespace {

namespace fs = std::filesystem;
using onnx::TensorProto;
using onnx_import::Extents;
using onnx_import::Numbers;

/// A vector as a network: its first input is the activation, whose first axis is the batch.
struct Vector {
  onnx::ModelProto model;
  Numbers input;
  Numbers output;
};

Numbers numbers_of(const fs::path& path) {
  const auto proto = parse<TensorProto>(path);
  return onnx_import::read_numbers(onnx_import::make_constant(proto));
}

void declare(onnx::ValueInfoProto& info, const Extents& dims) {
  auto& type = *info.mutable_type()->mutable_tensor_type();
  type.set_elem_type(TensorProto::FLOAT);
  type.clear_shape();
  for (std::size_t i = 0; i < dims.size(); ++i) {
    type.mutable_shape()->add_dim()->set_dim_value(i == 0 ? 1 : dims[i]);
  }
}

/// Whether the operator works on every element alone, so that extents say nothing.
bool is_elementwise(const std::string& op) {
  static const std::set<std::string> kOps = {
      "Add",       "Clip", "Div",  "Dropout", "Elu", "HardSigmoid", "HardSwish",
      "LeakyRelu", "Mul",  "Relu", "Sigmoid", "Sub", "Tanh"};
  return kOps.count(op) > 0;
}

Vector load(const fs::path& folder) {
  Vector vector{parse<onnx::ModelProto>(folder / "model.onnx"), {}, {}};
  // Operators of an older set that are still the same.
  auto& opset = *vector.model.mutable_opset_import(0);
  opset.set_version(std::max<std::int64_t>(opset.version(), 7));
  const fs::path data = folder / "test_data_set_0";
  vector.input = numbers_of(data / "input_0.pb");
  vector.output = numbers_of(data / "output_0.pb");
  auto& graph = *vector.model.mutable_graph();
  for (int i = 1; i < graph.input_size(); ++i) {
    TensorProto& constant = *graph.add_initializer();
    constant = parse<TensorProto>(data / ("input_" + std::to_string(i) + ".pb"));
    constant.set_name(graph.input(i).name());
  }
  Extents& dims = vector.input.dims;
  if (is_elementwise(graph.node(0).op_type()) && dims.size() % 2 == 1) dims.insert(dims.begin(), 1);
  declare(*graph.mutable_input(0), dims);
  while (graph.output_size() > 1) graph.mutable_output()->RemoveLast();
  return vector;
}

std::vector<float> to_hwc(const std::vector<float>& chw, const Shape& shape) {
  std::vector<float> values(chw.size());
  const auto channels = static_cast<std::size_t>(shape.channels);
  const std::size_t plane = chw.size() / channels;
  for (std::size_t i = 0; i < chw.size(); ++i) values[i % plane * channels + i / plane] = chw[i];
  return values;
}

std::vector<float> to_chw(const std::vector<float>& hwc, const Shape& shape) {
  std::vector<float> values(hwc.size());
  const auto channels = static_cast<std::size_t>(shape.channels);
  const std::size_t plane = hwc.size() / channels;
  for (std::size_t i = 0; i < hwc.size(); ++i) values[i % channels * plane + i / channels] = hwc[i];
  return values;
}

/// Largest difference relative to 1 or the value, infinite where sizes differ.
double difference(const Vector& vector, const FloatNetwork& network) {
  const FloatEvaluator evaluator(network);
  const std::size_t elements = network.input.elements();
  const auto& inputs = std::get<1>(vector.input.values);
  const auto& outputs = std::get<1>(vector.output.values);
  std::vector<float> results;
  for (std::size_t at = 0; at + elements <= inputs.size(); at += elements) {
    const auto begin = inputs.begin() + static_cast<std::ptrdiff_t>(at);
    const std::vector<float> image(begin, begin + static_cast<std::ptrdiff_t>(elements));
    const auto result =
        to_chw(evaluator.values(to_hwc(image, network.input)).back(), evaluator.shapes().back());
    results.insert(results.end(), result.begin(), result.end());
  }
  double largest = results.size() == outputs.size() ? 0 : HUGE_VAL;
  for (std::size_t i = 0; i < results.size() && largest < HUGE_VAL; ++i) {
    const auto expected = static_cast<double>(outputs[i]);
    const double error = std::fabs(static_cast<double>(results[i]) - expected);
    largest = std::max(largest, error / std::max(1.0, std::fabs(expected)));
  }
  return largest;
}

/// What became of the vectors of one operator.
struct Outcome {
  int passed = 0;
  std::set<std::string> failed;
  std::map<std::string, int> refused;  ///< by reason
};

/// The finding without file, node and numbers, so that equal reasons look equal.
std::string reason_of(const std::string& message) {
  std::string reason =
      message.substr(message.rfind("): ") == std::string::npos ? message.find(": ") + 2
                                                               : message.rfind("): ") + 3);
  return reason.substr(0, reason.find_first_of(";\n"));
}

void run_vector(const fs::path& folder, Outcome& outcome) {
  try {
    Vector vector = load(folder);
    if (!vector.input.is_float() || !vector.output.is_float()) {
      ++outcome.refused["not on floats"];
      return;
    }
    const std::string file = test_file("float_vector.onnx");
    std::ofstream(file, std::ios::binary) << vector.model.SerializeAsString();
    const FloatNetwork network = load_float_onnx(file);
    if (difference(vector, network) < 1e-4) {
      ++outcome.passed;
    } else {
      outcome.failed.insert(folder.filename().string());
    }
  } catch (const InputError& error) {
    ++outcome.refused[reason_of(error.what())];
  }
}

std::string table_of(const std::map<std::string, Outcome>& outcomes) {
  std::ostringstream text;
  text << "| operator | vectors | equal | refused, and why |\n|---|---|---|---|\n";
  for (const auto& [op, outcome] : outcomes) {
    int refused = 0;
    std::string why;
    for (const auto& [reason, count] : outcome.refused) {
      refused += count;
      why += (why.empty() ? "" : "; ") + std::to_string(count) + ": " + reason;
    }
    text << "| " << op << " | " << outcome.passed + refused << " | " << outcome.passed << " | "
         << why << " |\n";
  }
  return text.str();
}

TEST(FloatVectors, GiveTheOutputsOrAReason) {
  if (!fs::exists(kVectorFolder)) GTEST_SKIP() << "libonnx-testdata is not installed";
  std::set<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(kVectorFolder)) folders.insert(entry.path());
  std::map<std::string, Outcome> outcomes;
  for (const fs::path& folder : folders) {
    const auto model = parse<onnx::ModelProto>(folder / "model.onnx");
    if (model.graph().node_size() != 1) continue;
    const std::string op = onnx_import::NodeView(model.graph().node(0)).op();
    if (onnx_import::find_float_operator(op) == nullptr || op == "Constant" || op == "Cast")
      continue;
    run_vector(folder, outcomes[op]);
  }
  int passed = 0;
  for (const auto& [op, outcome] : outcomes) {
    passed += outcome.passed;
    EXPECT_TRUE(outcome.failed.empty()) << op << ": " << *outcome.failed.begin();
  }
  EXPECT_GT(passed, 80);
  const std::string table = table_of(outcomes);
  std::ifstream file(std::string(BROWNOUT_SOURCE_DIR) + "/docs/onnx.md");
  std::ostringstream docs;
  docs << file.rdbuf();
  EXPECT_NE(docs.str().find(table), std::string::npos) << "docs/onnx.md should hold\n" << table;
}

}  // namespace
}  // namespace brownout::models
