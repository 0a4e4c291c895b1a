// SPDX-License-Identifier: Apache-2.0
#include "models/onnx/node_view.h"

#include <fmt/format.h>

#include "sim/core/error.h"

namespace brownout::models::onnx_import {

using onnx::AttributeProto;

std::string NodeView::name() const {
  if (!proto_->name().empty()) return proto_->name();
  return proto_->output_size() > 0 ? proto_->output(0) : std::string();
}

std::string NodeView::op() const {
  const std::string& domain = proto_->domain();
  const bool standard = domain.empty() || domain == "ai.onnx";
  return standard ? proto_->op_type() : domain + "." + proto_->op_type();
}

std::string NodeView::input(int index) const {
  return index < proto_->input_size() ? proto_->input(index) : std::string();
}

const AttributeProto* NodeView::find(const char* attribute,
                                     AttributeProto::AttributeType type) const {
  for (const AttributeProto& candidate : proto_->attribute()) {
    if (candidate.name() != attribute) continue;
    if (candidate.type() != type) {
      throw InputError(fmt::format("attribute '{}': is {}, allowed is {}", attribute,
                                   AttributeProto::AttributeType_Name(candidate.type()),
                                   AttributeProto::AttributeType_Name(type)));
    }
    return &candidate;
  }
  return nullptr;
}

std::int64_t NodeView::integer(const char* attribute, std::int64_t fallback) const {
  const AttributeProto* found = find(attribute, AttributeProto::INT);
  return found != nullptr ? found->i() : fallback;
}

std::optional<std::vector<std::int64_t>> NodeView::integers(const char* attribute) const {
  const AttributeProto* found = find(attribute, AttributeProto::INTS);
  if (found == nullptr) return std::nullopt;
  return std::vector<std::int64_t>(found->ints().begin(), found->ints().end());
}

double NodeView::real(const char* attribute, double fallback) const {
  const AttributeProto* found = find(attribute, AttributeProto::FLOAT);
  return found != nullptr ? static_cast<double>(found->f()) : fallback;
}

std::optional<std::vector<double>> NodeView::reals(const char* attribute) const {
  const AttributeProto* found = find(attribute, AttributeProto::FLOATS);
  if (found == nullptr) return std::nullopt;
  return std::vector<double>(found->floats().begin(), found->floats().end());
}

std::string NodeView::text(const char* attribute, const char* fallback) const {
  const AttributeProto* found = find(attribute, AttributeProto::STRING);
  return found != nullptr ? found->s() : std::string(fallback);
}

const onnx::TensorProto* NodeView::tensor(const char* attribute) const {
  const AttributeProto* found = find(attribute, AttributeProto::TENSOR);
  return found != nullptr ? &found->t() : nullptr;
}

void NodeView::expect(const char* attribute, std::int64_t value, std::int64_t fallback) const {
  const std::int64_t found = integer(attribute, fallback);
  if (found != value) {
    throw InputError(
        fmt::format("attribute '{}': is {}, only {} is supported", attribute, found, value));
  }
}

}  // namespace brownout::models::onnx_import
