// SPDX-License-Identifier: Apache-2.0
// Float networks from ONNX files (layer 2): what the quantiser starts from.
#pragma once

#include <filesystem>

#include "models/quantizer/float_network.h"

namespace brownout::models {

/// Loads a float network: shapes inferred, shape arithmetic computed, batch norm absorbed into the
/// layers before it but kept apart from their weights, what leads nowhere dropped. A Softmax at the
/// end is left away, since it does not change which class wins. Throws one InputError that lists
/// every node, operator and attribute that is not supported, and why.
[[nodiscard]] FloatNetwork load_float_onnx(const std::filesystem::path& path);

/// Whether the file holds a float network, judged by its operators. Throws InputError when it is no
/// ONNX file.
[[nodiscard]] bool is_float_onnx(const std::filesystem::path& path);

}  // namespace brownout::models
