// SPDX-License-Identifier: Apache-2.0
// CIFAR-10 binary batches (layer 2): 10,000 records a file, one label byte and 3 x 32 x 32 pixels.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace brownout::models {

constexpr int kCifarChannels = 3;
constexpr int kCifarExtent = 32;
constexpr int kCifarClasses = 10;

struct CifarBatch {
  std::vector<std::uint8_t> pixels;  ///< image-major, each CHW
  std::vector<int> labels;
};

/// Appends the records of one batch file to `batch`. Throws InputError unless the file is a whole
/// number of records (at least one) and every label lies in 0..9.
void append_cifar_batch(const std::filesystem::path& path, CifarBatch& batch);

}  // namespace brownout::models
