// SPDX-License-Identifier: Apache-2.0
// One pass over a file's nodes (layer 2): constants are computed, everything else goes to the
// handler of its operator, and what a handler cannot take becomes a finding that names the node.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "models/onnx/fold.h"
#include "models/onnx/model_view.h"
#include "models/onnx/node_view.h"
#include "models/onnx/value.h"
#include "sim/core/error.h"

namespace brownout::models::onnx_import {

template <class Context>
struct OperatorRule {
  const char* name;
  void (*handler)(const Context&);
  std::vector<const char*> attributes;  ///< understood; any other is reported
};

/// `Builder` holds the values of names and what has been built from them, of `bytes()` so far; a
/// `Context` is one node at work on it. Constants that are computed live as long as the walk.
template <class Builder, class Context>
class NodeWalk {
 public:
  using FindRule = const OperatorRule<Context>* (*)(const std::string& op);

  NodeWalk(const ModelView& view, Builder& builder, FindRule find_rule, Findings& findings)
      : view_(view), builder_(builder), find_rule_(find_rule), findings_(findings) {}

  void run() {
    define_initializers();
    for (const auto& node : view_.graph().node()) {
      if (!fold_node(NodeView(node))) import_node(NodeView(node));
      check_growth();
    }
    findings_.throw_if_any();
  }

 private:
  /// A small file must not make a large network: its weights come from the file, and tables of
  /// moved elements are small.
  void check_growth() {
    constexpr std::uint64_t kFreeBytes = std::uint64_t{64} << 20U;
    const std::uint64_t most = kFreeBytes + 2 * view_.bytes;
    if (folded_bytes_ + builder_.bytes() <= most) return;
    findings_.add(fmt::format("{} bytes make a network of more than {} MiB, which is not supported",
                              view_.bytes, most >> 20U));
    findings_.throw_if_any();
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
    if (fold == nullptr || node.proto().output_size() != 1) return false;
    std::deque<Numbers> numbers;
    Operands operands;
    for (const std::string& name : node.proto().input()) {
      operands.push_back(nullptr);
      if (name.empty()) continue;
      const auto known = known_numbers(node, builder_.value(name));
      if (!known) return false;
      operands.back() = &numbers.emplace_back(*known);
    }
    if (operands.empty()) return false;
    const std::string& output = node.proto().output(0);
    builder_.define(output, UnknownValue{});
    try {
      folded_.push_back(write_numbers(fold({node, operands}), output));
      folded_bytes_ += folded_.back().ByteSizeLong();
      builder_.define(output, make_constant(folded_.back()));
    } catch (const InputError& error) {
      report(node, error.what());
    }
    return true;
  }

  /// A constant's values; of an activation its extents, for who asks for no more.
  template <class Value>
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
    const OperatorRule<Context>* rule = find_rule_(node.op());
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

  void check_attributes(const NodeView& node, const OperatorRule<Context>& rule) {
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

  /// False when an input was already reported.
  bool inputs_usable(const NodeView& node) {
    for (const std::string& name : node.proto().input()) {
      if (name.empty()) continue;
      if (std::holds_alternative<UnknownValue>(builder_.value(name))) return false;
      const std::string finding = builder_.shared_reading(name, view_.uses.at(name));
      if (!finding.empty()) report(node, finding);
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
  Builder& builder_;
  FindRule find_rule_;
  Findings& findings_;
  std::deque<onnx::TensorProto> folded_;  ///< constants computed here; the builder points to them
  std::uint64_t folded_bytes_ = 0;        ///< of their data
  std::size_t reported_ = 0;
};

}  // namespace brownout::models::onnx_import
