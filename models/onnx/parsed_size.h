// SPDX-License-Identifier: Apache-2.0
// How much memory a protobuf file takes once parsed, found without parsing it (layer 2): an empty
// message is two bytes of a file and a hundred of memory.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/zero_copy_stream.h>

#include <cstdint>

namespace brownout::models::onnx_import {

/// Bytes, roughly, that the message of kind `type` in `file` takes. A damaged file counts up to the
/// damage; the parser will refuse it.
[[nodiscard]] std::uint64_t parsed_size(google::protobuf::io::ZeroCopyInputStream& file,
                                        const google::protobuf::Descriptor& type);

}  // namespace brownout::models::onnx_import
