// SPDX-License-Identifier: Apache-2.0
// IDX files (layer 2), the format of MNIST and its relatives, plain or gzip-compressed. Sizes in
// the header are believed only when the file can hold them, so a damaged one allocates nothing.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace brownout::models {

/// Grey images of one size, image-major, rows top to bottom.
struct IdxImages {
  int count = 0;
  int rows = 0;
  int columns = 0;
  std::vector<std::uint8_t> pixels;
};

/// Reads an idx3-ubyte file (magic 0x00000803). Throws InputError on a wrong magic, an impossible
/// size, missing or trailing bytes.
[[nodiscard]] IdxImages read_idx_images(const std::filesystem::path& path);

/// Reads an idx1-ubyte file (magic 0x00000801); every label must lie in 0 .. classes - 1.
[[nodiscard]] std::vector<int> read_idx_labels(const std::filesystem::path& path, int classes);

}  // namespace brownout::models
