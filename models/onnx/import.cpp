// SPDX-License-Identifier: Apache-2.0
#include "models/onnx/import.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <string>

#include "models/onnx/folding/fold.h"
#include "models/onnx/model_view.h"
#include "models/onnx/operators.h"
#include "models/rearrange.h"
#include "sim/core/error.h"

namespace brownout::models {
namespace onnx_import {
namespace {

/// Walks the nodes once; a node that fails gives a finding and an UnknownValue.
class Importer {
 public:
  Importer(const ModelView& view, const std::string& file)
      : view_(view), findings_(file), builder_(*view.input, read_input_shape(*view.input)) {}

  Graph run() {
    check_quantized();
    define_initializers();
    for (const auto& node : view_.graph().node()) {
      if (!fold_node(NodeView(node))) import_node(NodeView(node));
    }
    findings_.throw_if_any();
    const std::string& output = view_.output->name();
    Graph graph = builder_.finish(builder_.value(output), output);
    graph.name = view_.graph().name();
    graph.preprocessing =
        read_preprocessing(*view_.model, graph.tensor(graph.input).shape.channels);
    validate(graph);
    return merge_rearrangements(graph);
  }

 private:
  void check_quantized() const {
    const auto& nodes = view_.graph().node();
    const bool quantized = std::any_of(nodes.begin(), nodes.end(), [](const auto& node) {
      return is_quantization_operator(NodeView(node).op());
    });
    if (!quantized) {
      throw InputError(
          "is a float network; a quantised one (QuantizeLinear/DequantizeLinear pairs or QLinear "
          "operators) is needed");
    }
  }

  void define_initializers() {
    for (const auto& proto : view_.graph().initializer()) {
      builder_.define(proto.name(), UnknownValue{});
      try {
        builder_.define(proto.name(), make_constant(proto));
      } catch (const InputError& error) {
        // A constant nobody reads, of whatever type, does not matter.
        if (view_.uses.count(proto.name()) > 0) findings_.add(error.what());
      }
    }
  }

  /// Computes a node on constants, or the shape of an activation; whether it is one.
  bool fold_node(const NodeView& node) {
    const Fold fold = find_fold(node.op());
    if (fold == nullptr) return false;
    std::deque<Numbers> numbers;
    Operands operands;
    for (const std::string& name : node.proto().input()) {
      operands.push_back(nullptr);
      if (name.empty()) continue;
      const auto known = known_numbers(node, builder_.value(name));
      if (!known) return false;
      operands.back() = &numbers.emplace_back(*known);
    }
    if (operands.empty() || node.proto().output_size() != 1) return false;
    const std::string& output = node.proto().output(0);
    builder_.define(output, UnknownValue{});
    try {
      folded_.push_back(write_numbers(fold({node, operands}), output));
      builder_.define(output, make_constant(folded_.back()));
    } catch (const InputError& error) {
      report(node, error.what());
    }
    return true;
  }

  /// A constant's values; of an activation its extents, for who asks for no more.
  std::optional<Numbers> known_numbers(const NodeView& node, const Value& value) const {
    if (const auto* constant = std::get_if<Constant>(&value)) return read_numbers(*constant);
    if (node.op() != "Shape") return std::nullopt;
    const auto dims = builder_.dims(value);
    if (!dims) return std::nullopt;
    return Numbers{*dims, {}, onnx::TensorProto::FLOAT};
  }

  void import_node(const NodeView& node) {
    for (const std::string& output : node.proto().output()) {
      if (!output.empty()) builder_.define(output, UnknownValue{});
    }
    const std::size_t before = reported_;
    const OperatorRule* rule = find_operator(node.op());
    if (rule == nullptr) {
      report(node, "the operator is not supported");
      return;
    }
    check_attributes(node, *rule);
    check_outputs(node);
    if (reported_ != before || !inputs_usable(node) || reported_ != before) return;
    try {
      rule->handler(Context(node, builder_));
    } catch (const InputError& error) {
      report(node, error.what());
    }
  }

  void check_attributes(const NodeView& node, const OperatorRule& rule) {
    for (const auto& attribute : node.proto().attribute()) {
      const bool known = std::any_of(rule.attributes.begin(), rule.attributes.end(),
                                     [&](const char* name) { return attribute.name() == name; });
      if (!known) {
        report(node, fmt::format("attribute '{}': is not supported", attribute.name()));
      }
    }
  }

  void check_outputs(const NodeView& node) {
    for (int i = 1; i < node.proto().output_size(); ++i) {
      if (view_.uses.count(node.proto().output(i)) > 0) {
        report(node, fmt::format("output '{}': only the first output may be used",
                                 node.proto().output(i)));
      }
    }
  }

  /// False when an input was already reported; reports unquantised results with several readers.
  bool inputs_usable(const NodeView& node) {
    for (const std::string& name : node.proto().input()) {
      if (name.empty()) continue;
      const Value& value = builder_.value(name);
      if (std::holds_alternative<UnknownValue>(value)) return false;
      if (std::holds_alternative<PendingValue>(value) && view_.uses.at(name) > 1) {
        report(node, fmt::format("input '{}' is read {} times before it is quantised; only one "
                                 "reader is supported",
                                 name, view_.uses.at(name)));
      }
    }
    return true;
  }

  void report(const NodeView& node, const std::string& what) {
    // Shape errors of the graph already name the node.
    const bool named = what.rfind("node '", 0) == 0;
    findings_.add(named ? what : fmt::format("node '{}' ({}): {}", node.name(), node.op(), what));
    ++reported_;
  }

  const ModelView& view_;
  Findings findings_;
  GraphBuilder builder_;
  std::deque<onnx::TensorProto> folded_;  ///< constants computed here; the builder points to them
  std::size_t reported_ = 0;
};

}  // namespace
}  // namespace onnx_import

Graph load_onnx(const std::filesystem::path& path) {
  const onnx_import::ModelView view = onnx_import::open_model(path);
  onnx_import::Findings findings(path.string());
  try {
    onnx_import::Importer importer(view, path.string());
    return importer.run();
  } catch (const InputError& error) {
    const std::string what = error.what();
    if (what.rfind(path.string() + ": ", 0) == 0) throw;
    findings.add(what);
  }
  findings.throw_if_any();
  throw SimulationError("load_onnx: a finding went missing");
}

}  // namespace brownout::models
