// SPDX-License-Identifier: Apache-2.0
#include "models/data/cifar.h"

#include <fmt/format.h>

#include <cstddef>
#include <fstream>
#include <string>

#include "sim/core/error.h"

namespace brownout::models {
namespace {

constexpr std::size_t kPixels = std::size_t{kCifarChannels} * kCifarExtent * kCifarExtent;
constexpr std::size_t kRecord = 1 + kPixels;
/// The published files hold 10,000 records; a larger one is not a CIFAR-10 batch.
constexpr std::uintmax_t kMaxRecords = 100'000;

}  // namespace

void append_cifar_batch(const std::filesystem::path& path, CifarBatch& batch) {
  std::error_code error;
  const std::uintmax_t bytes = std::filesystem::file_size(path, error);
  if (error) throw InputError(fmt::format("{}: {}", path.string(), error.message()));
  if (bytes == 0 || bytes % kRecord != 0 || bytes / kRecord > kMaxRecords) {
    throw InputError(fmt::format(
        "{}: has {} bytes, a CIFAR-10 batch is 1 to {} records of {} bytes (30730000 as published)",
        path.string(), bytes, kMaxRecords, kRecord));
  }
  std::ifstream file(path, std::ios::binary);
  std::string record(kRecord, '\0');
  for (std::uintmax_t index = 0; index < bytes / kRecord; ++index) {
    if (!file.read(record.data(), static_cast<std::streamsize>(kRecord))) {
      throw InputError(fmt::format("{}: record {} cannot be read", path.string(), index));
    }
    const auto label = static_cast<unsigned char>(record[0]);
    if (label >= kCifarClasses) {
      throw InputError(fmt::format("{}: label {} is {}, allowed are 0 to {}", path.string(), index,
                                   label, kCifarClasses - 1));
    }
    batch.labels.push_back(label);
    batch.pixels.insert(batch.pixels.end(), record.begin() + 1, record.end());
  }
}

}  // namespace brownout::models
