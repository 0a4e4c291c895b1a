// SPDX-License-Identifier: Apache-2.0
// Files of labelled 32 x 32 colour images in the layout of CIFAR's binary version (layer 2):
// records of one or two label bytes and 3 x 32 x 32 pixels.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace brownout::models {

constexpr int kRecordChannels = 3;
constexpr int kRecordExtent = 32;

struct RecordFormat {
  int label_bytes = 1;  ///< the last one is the class; CIFAR-100 has its superclass before it
  int classes = 10;
};

struct Records {
  std::vector<std::uint8_t> pixels;  ///< image-major, each CHW
  std::vector<int> labels;
};

/// Appends the records of one file. Throws InputError unless the file is a whole number of records
/// (at least one) and every label lies in 0 .. classes - 1.
void append_records(const std::filesystem::path& path, const RecordFormat& format,
                    Records& records);

}  // namespace brownout::models
