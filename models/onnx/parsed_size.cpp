// SPDX-License-Identifier: Apache-2.0
#include "models/onnx/parsed_size.h"

#include <google/protobuf/io/coded_stream.h>

namespace brownout::models::onnx_import {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::io::CodedInputStream;

/// Of a message, a string and an unknown field, each with the pointer to it (64-bit, measured).
constexpr std::uint64_t kMessage = 160;
constexpr std::uint64_t kString = 40;
constexpr std::uint64_t kUnknown = 32;
/// Deeper messages are refused by the parser.
constexpr int kDeepest = 100;

/// https://protobuf.dev/programming-guides/encoding/
enum WireType : std::uint32_t { kVarint, kFixed64, kLengthDelimited, kGroup, kGroupEnd, kFixed32 };

bool is_wide(const FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT64:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return true;
    default:
      return false;
  }
}

/// Whether an element of a packed field may be as short as a byte.
bool is_varint(const FieldDescriptor& field) {
  switch (field.type()) {
    case FieldDescriptor::TYPE_FLOAT:
    case FieldDescriptor::TYPE_DOUBLE:
    case FieldDescriptor::TYPE_FIXED32:
    case FieldDescriptor::TYPE_FIXED64:
    case FieldDescriptor::TYPE_SFIXED32:
    case FieldDescriptor::TYPE_SFIXED64:
      return false;
    default:
      return true;
  }
}

class SizeEstimate {
 public:
  explicit SizeEstimate(CodedInputStream& input) : input_(input) {}

  /// Whether the message was whole.
  bool add_message(const Descriptor& type, int depth) {
    bytes_ += kMessage;
    if (depth > kDeepest) return false;
    while (const std::uint32_t tag = input_.ReadTag()) {
      if (!add_field(type.FindFieldByNumber(static_cast<int>(tag >> 3U)), tag & 7U, depth)) {
        return false;
      }
    }
    return true;
  }

  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  bool add_field(const FieldDescriptor* field, std::uint32_t wire_type, int depth) {
    std::uint64_t ignored = 0;
    bytes_ += field != nullptr ? sizeof(std::uint64_t) : kUnknown;
    switch (wire_type) {
      case kVarint:
        return input_.ReadVarint64(&ignored);
      case kFixed64:
        return input_.Skip(8);
      case kFixed32:
        return input_.Skip(4);
      case kLengthDelimited:
        return add_delimited(field, depth);
      default:
        return false;  // groups: ONNX has none
    }
  }

  bool add_delimited(const FieldDescriptor* field, int depth) {
    int length = 0;
    if (!input_.ReadVarintSizeAsInt(&length)) return false;
    const auto size = static_cast<std::uint64_t>(length);
    if (field != nullptr && field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      const auto limit = input_.PushLimit(length);
      const bool whole = add_message(*field->message_type(), depth + 1);
      input_.PopLimit(limit);
      return whole;
    }
    if (field == nullptr || field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      bytes_ += kString + size;
    } else {
      const std::uint64_t width = is_wide(*field) ? 8 : 4;
      bytes_ += is_varint(*field) ? size * width : size;
    }
    return input_.Skip(length);
  }

  CodedInputStream& input_;
  std::uint64_t bytes_ = 0;
};

}  // namespace

std::uint64_t parsed_size(google::protobuf::io::ZeroCopyInputStream& file,
                          const google::protobuf::Descriptor& type) {
  CodedInputStream input(&file);
  SizeEstimate estimate(input);
  static_cast<void>(estimate.add_message(type, 0));
  return estimate.bytes();
}

}  // namespace brownout::models::onnx_import
