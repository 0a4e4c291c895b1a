// SPDX-License-Identifier: Apache-2.0
#include "models/data/records.h"

#include <fmt/format.h>

#include <cstddef>
#include <fstream>
#include <string>

#include "sim/core/error.h"

namespace brownout::models {
namespace {

constexpr std::size_t kPixels = std::size_t{kRecordChannels} * kRecordExtent * kRecordExtent;
/// The largest published file holds 50,000 records; a much larger one is something else.
constexpr std::uintmax_t kMaxRecords = 100'000;

}  // namespace

void append_records(const std::filesystem::path& path, const RecordFormat& format,
                    Records& records) {
  const auto label_bytes = static_cast<std::size_t>(format.label_bytes);
  const std::size_t length = label_bytes + kPixels;
  std::error_code error;
  const std::uintmax_t bytes = std::filesystem::file_size(path, error);
  if (error) throw InputError(fmt::format("{}: {}", path.string(), error.message()));
  if (bytes == 0 || bytes % length != 0 || bytes / length > kMaxRecords) {
    throw InputError(
        fmt::format("{}: has {} bytes, allowed are 1 to {} records of {} bytes ({} of "
                    "label, {} of pixels)",
                    path.string(), bytes, kMaxRecords, length, label_bytes, kPixels));
  }
  std::ifstream file(path, std::ios::binary);
  std::string record(length, '\0');
  for (std::uintmax_t index = 0; index < bytes / length; ++index) {
    if (!file.read(record.data(), static_cast<std::streamsize>(length))) {
      throw InputError(fmt::format("{}: record {} cannot be read", path.string(), index));
    }
    const auto label = static_cast<unsigned char>(record[label_bytes - 1]);
    if (label >= format.classes) {
      throw InputError(fmt::format("{}: label {} is {}, allowed are 0 to {}", path.string(), index,
                                   label, format.classes - 1));
    }
    records.labels.push_back(label);
    records.pixels.insert(records.pixels.end(),
                          record.begin() + static_cast<std::ptrdiff_t>(label_bytes), record.end());
  }
}

}  // namespace brownout::models
