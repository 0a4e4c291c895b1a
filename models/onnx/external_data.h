// SPDX-License-Identifier: Apache-2.0
// Constants whose data lie in files beside the network's (layer 2).
#pragma once

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <filesystem>

namespace brownout::models::onnx_import {

/// Reads the data of all initialisers kept outside into the model. Throws InputError naming the
/// constant when a file is missing, too short, not in `folder` or
/// below it, or asked for more bytes than it has, over all constants. Gives the bytes read.
std::uint64_t read_external_data(onnx::ModelProto& model, const std::filesystem::path& folder);

}  // namespace brownout::models::onnx_import
