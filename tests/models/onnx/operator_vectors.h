// SPDX-License-Identifier: Apache-2.0
// ONNX's own operator vectors, as Debian's libonnx-testdata installs them.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace brownout::models {

/// A folder for each vector: model.onnx, and test_data_set_N with its tensors.
constexpr const char* kVectorFolder = "/usr/share/libonnx-testdata/data/node/";

template <class Message>
Message parse(const std::filesystem::path& path) {
  Message message;
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(message.ParseFromIstream(&file)) << path;
  return message;
}

}  // namespace brownout::models
