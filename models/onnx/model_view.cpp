// SPDX-License-Identifier: Apache-2.0
#include "models/onnx/model_view.h"

#include <fmt/format.h>
#include <google/protobuf/io/zero_copy_stream_impl.h>
#include <google/protobuf/stubs/logging.h>

#include <charconv>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>
#include <unordered_set>

#include "models/onnx/external_data.h"
#include "models/onnx/node_view.h"
#include "models/onnx/parsed_size.h"
#include "sim/config/diagnostics.h"
#include "sim/core/error.h"

namespace brownout::models::onnx_import {
namespace {

constexpr int kOldestOpset = 7;
constexpr int kNewestOpset = 21;
constexpr std::int64_t kMaxInputExtent = std::int64_t{1} << 20;
constexpr double kMaxInputElements = 1 << 28;

/// Files with packed integers take up to four times their size once parsed; small ones may more.
constexpr std::uint64_t kMostGrowth = 4;
constexpr std::uint64_t kFreeBytes = std::uint64_t{64} << 20U;
constexpr int kMostNodes = 1 << 16;
/// Findings of one file, and characters of one.
constexpr std::size_t kMostFindings = 100;
constexpr std::size_t kLongestFinding = 1000;

void check_parsed_size(const std::filesystem::path& path, std::ifstream& file,
                       std::uint64_t bytes) {
  google::protobuf::io::IstreamInputStream stream(&file);
  const std::uint64_t size = parsed_size(stream, *onnx::ModelProto::descriptor());
  const std::uint64_t most = kFreeBytes + kMostGrowth * bytes;
  if (size > most) {
    throw InputError(fmt::format("{}: {} bytes become {} MiB of memory, allowed are {} MiB",
                                 path.string(), bytes, size >> 20U, most >> 20U));
  }
  file.clear();
  file.seekg(0);
}

std::unique_ptr<onnx::ModelProto> parse(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::error_code error;
  const std::uint64_t bytes = std::filesystem::file_size(path, error);
  if (!file || error || std::filesystem::is_directory(path)) {
    throw InputError(path.string() + ": cannot be opened");
  }
  check_parsed_size(path, file, bytes);
  const google::protobuf::LogSilencer no_messages_of_its_own;
  auto model = std::make_unique<onnx::ModelProto>();
  if (!model->ParseFromIstream(&file) || !model->has_graph()) {
    throw InputError(path.string() + ": is not an ONNX file, or a truncated or damaged one");
  }
  return model;
}

void check_opset(const onnx::ModelProto& model, Findings& findings) {
  std::int64_t version = 0;
  for (const auto& opset : model.opset_import()) {
    if (opset.domain().empty() || opset.domain() == "ai.onnx") version = opset.version();
  }
  if (version < kOldestOpset || version > kNewestOpset) {
    findings.add(
        fmt::format("operator set {}, allowed are {} to {}", version, kOldestOpset, kNewestOpset));
  }
}

/// Definition before use, once each: what makes the node list a graph without cycles.
class NameCheck {
 public:
  NameCheck(const onnx::GraphProto& graph, Findings& findings)
      : graph_(graph), findings_(findings) {}

  void run(std::unordered_map<std::string, int>& uses) {
    for (const auto& node : graph_.node()) {
      later_.insert(node.output().begin(), node.output().end());
    }
    for (const auto& constant : graph_.initializer()) define(constant.name(), "initialiser");
    for (const auto& node : graph_.node()) {
      const NodeView view(node);
      for (const std::string& name : node.input()) {
        if (name.empty()) continue;
        ++uses[name];
        check_known(name, fmt::format("node '{}' ({})", view.name(), view.op()));
      }
      if (node.output_size() == 0 || node.output(0).empty()) {
        findings_.add(fmt::format("node '{}' ({}): has no output", view.name(), view.op()));
      }
      for (const std::string& name : node.output()) {
        if (!name.empty()) define(name, "output");
      }
    }
    for (const auto& output : graph_.output()) {
      ++uses[output.name()];
      check_known(output.name(), "the network's output");
    }
  }

  void define(const std::string& name, const char* kind) {
    if (!known_.insert(name).second) {
      findings_.add(fmt::format("{} '{}': the name is defined twice", kind, name));
    }
  }

 private:
  void check_known(const std::string& name, const std::string& user) {
    if (known_.count(name) > 0) return;
    findings_.add(
        later_.count(name) > 0
            ? fmt::format("{}: input '{}' is the output of a later node; nodes must be in "
                          "order and without cycles",
                          user, name)
            : fmt::format("{}: input '{}' is neither an input, an initialiser nor a node's "
                          "output",
                          user, name));
  }

  const onnx::GraphProto& graph_;
  Findings& findings_;
  std::unordered_set<std::string> known_;
  std::unordered_set<std::string> later_;
};

/// The one input that is not an initialiser (old files list those as inputs, too).
std::vector<const onnx::ValueInfoProto*> true_inputs(const onnx::GraphProto& graph) {
  std::unordered_set<std::string> constants;
  for (const auto& constant : graph.initializer()) constants.insert(constant.name());
  std::vector<const onnx::ValueInfoProto*> inputs;
  for (const auto& input : graph.input()) {
    if (constants.count(input.name()) == 0) inputs.push_back(&input);
  }
  return inputs;
}

std::vector<double> parse_numbers(const std::string& key, const std::string& text, int count) {
  std::vector<double> numbers;
  std::stringstream stream(text);
  for (std::string item; std::getline(stream, item, ',');) {
    double number = 0;
    const char* end = item.data() + item.size();
    const auto [stop, error] = std::from_chars(item.data(), end, number);
    if (error != std::errc() || stop != end || !std::isfinite(number)) {
      throw InputError(fmt::format("metadata '{}': '{}' is not a number", key, item));
    }
    numbers.push_back(number);
  }
  if (numbers.size() != static_cast<std::size_t>(count)) {
    throw InputError(fmt::format("metadata '{}': has {} numbers, the input has {} channels", key,
                                 numbers.size(), count));
  }
  return numbers;
}

}  // namespace

void Findings::add(const std::string& what) {
  if (lines_.size() == kMostFindings) {
    ++left_out_;
    return;
  }
  const bool is_long = what.size() > kLongestFinding;
  const std::string line = is_long ? what.substr(0, kLongestFinding) + " ..." : what;
  lines_.push_back(file_ + ": " + config::one_line(line));
}

void Findings::throw_if_any() const {
  if (lines_.empty()) return;
  std::string message = lines_.front();
  for (std::size_t i = 1; i < lines_.size(); ++i) message += "\n" + lines_[i];
  if (left_out_ > 0) message += fmt::format("\n{}: and {} more", file_, left_out_);
  throw InputError(message);
}

ModelView open_model(const std::filesystem::path& path) {
  ModelView view;
  view.model = parse(path);
  Findings findings(path.string());
  try {
    view.bytes = std::filesystem::file_size(path) +
                 read_external_data(*view.model, path.has_parent_path() ? path.parent_path() : ".");
  } catch (const InputError& error) {
    findings.add(error.what());
    findings.throw_if_any();
  }
  check_opset(*view.model, findings);
  const onnx::GraphProto& graph = view.graph();
  if (graph.node_size() > kMostNodes) {
    findings.add(fmt::format("has {} nodes, allowed are up to {}", graph.node_size(), kMostNodes));
    findings.throw_if_any();
  }
  if (view.model->functions_size() > 0) findings.add("model-local functions are not supported");
  if (graph.sparse_initializer_size() > 0) findings.add("sparse initialisers are not supported");
  const auto inputs = true_inputs(graph);
  if (inputs.size() != 1 || graph.output_size() != 1) {
    findings.add(fmt::format("the network has {} inputs and {} outputs, allowed is one of each",
                             inputs.size(), graph.output_size()));
  }
  NameCheck names(graph, findings);
  for (const auto* input : inputs) names.define(input->name(), "input");
  names.run(view.uses);
  findings.throw_if_any();
  view.input = inputs.front();
  view.output = &graph.output(0);
  return view;
}

Shape read_input_shape(const onnx::ValueInfoProto& input) {
  const auto& type = input.type().tensor_type();
  const int rank = type.shape().dim_size();
  const auto reject = [&](const std::string& what) {
    throw InputError(fmt::format("input '{}': {}", input.name(), what));
  };
  if (!input.type().has_tensor_type() || !type.has_shape() || (rank != 4 && rank != 2)) {
    reject(
        fmt::format("has {} dimensions, allowed are [batch, channels, height, width] and "
                    "[batch, channels]",
                    rank));
  }
  const auto& batch = type.shape().dim(0);
  if (batch.has_dim_value() && batch.dim_value() != 1) {
    reject(fmt::format("has a batch of {}, allowed are 1 and a symbolic size", batch.dim_value()));
  }
  std::vector<int> extents;
  double elements = 1;
  for (int d = 1; d < rank; ++d) {
    const std::int64_t extent = type.shape().dim(d).dim_value();
    elements *= static_cast<double>(extent);
    if (extent < 1 || extent > kMaxInputExtent || elements > kMaxInputElements) {
      reject(fmt::format("dimension {} is {}, allowed are 1 to {} and 2^28 elements in all", d,
                         extent, kMaxInputExtent));
    }
    extents.push_back(static_cast<int>(extent));
  }
  extents.resize(3, 1);
  return {extents[0], extents[1], extents[2]};
}

Preprocessing read_preprocessing(const onnx::ModelProto& model, int channels) {
  std::map<std::string, std::string> metadata;
  for (const auto& entry : model.metadata_props()) metadata[entry.key()] = entry.value();
  const auto numbers = [&](const char* own, const char* others, double fallback) {
    const char* key = metadata.count(own) > 0 ? own : others;
    if (metadata.count(key) == 0) {
      return std::vector<double>(static_cast<std::size_t>(channels), fallback);
    }
    return parse_numbers(key, metadata.at(key), channels);
  };
  Preprocessing preprocessing{numbers("brownout.mean", "mean", 0.0),
                              numbers("brownout.deviation", "std", 1.0)};
  for (const double deviation : preprocessing.deviation) {
    if (deviation > 0) continue;
    throw InputError(fmt::format(
        "metadata '{}': holds {}, allowed are positive numbers",
        metadata.count("brownout.deviation") > 0 ? "brownout.deviation" : "std", deviation));
  }
  // (pixel * scale - mean) / deviation, where ours is (pixel / 255 - mean) / deviation.
  const bool ours = metadata.count("brownout.mean") > 0;
  if (!ours && metadata.count("scale") > 0) {
    const double unit = 255 * parse_numbers("scale", metadata.at("scale"), 1).front();
    if (!(unit > 0)) throw InputError("metadata 'scale': allowed are positive numbers");
    for (double& mean : preprocessing.mean) mean /= unit;
    for (double& deviation : preprocessing.deviation) deviation /= unit;
  }
  return preprocessing;
}

}  // namespace brownout::models::onnx_import
