// SPDX-License-Identifier: Apache-2.0
#include "models/data/idx.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>

#include "sim/core/error.h"

namespace brownout::models {
namespace {

constexpr std::uint32_t kImageMagic = 0x00000803;
constexpr std::uint32_t kLabelMagic = 0x00000801;
constexpr std::uint32_t kMaxExtent = 4096;
/// Deflate cannot compress better than 1032 : 1 (zlib's technical notes).
constexpr std::uint64_t kMaxCompression = 1032;

/// A file read through zlib, which passes uncompressed files through.
class GzipReader {
 public:
  explicit GzipReader(const std::filesystem::path& path)
      : path_(path.string()), file_(gzopen(path_.c_str(), "rb"), &gzclose) {
    if (!file_) throw InputError(path_ + ": cannot be opened");
    std::error_code error;
    file_bytes_ = std::filesystem::file_size(path, error);
    if (error) throw InputError(path_ + ": " + error.message());
  }

  [[noreturn]] void reject(const std::string& what) const { throw InputError(path_ + ": " + what); }

  [[nodiscard]] std::uint32_t read_big_endian() {
    std::array<std::uint8_t, 4> bytes{};
    if (read(bytes.data(), bytes.size()) != bytes.size()) reject("is cut off inside its header");
    return static_cast<std::uint32_t>(bytes[0]) << 24 | static_cast<std::uint32_t>(bytes[1]) << 16 |
           static_cast<std::uint32_t>(bytes[2]) << 8 | static_cast<std::uint32_t>(bytes[3]);
  }

  void expect_magic(std::uint32_t magic, const char* kind) {
    const std::uint32_t found = read_big_endian();
    if (found != magic) {
      reject(fmt::format("starts with 0x{:08x}, an IDX file of {} starts with 0x{:08x}", found,
                         kind, magic));
    }
  }

  /// The rest of the file, which must be exactly `bytes` long.
  [[nodiscard]] std::vector<std::uint8_t> read_rest(std::uint64_t bytes) {
    const std::uint64_t possible =
        gzdirect(file_.get()) != 0 ? file_bytes_ : file_bytes_ * kMaxCompression;
    if (bytes > possible) {
      reject(fmt::format("announces {} bytes of data, a file of {} bytes holds at most {}", bytes,
                         file_bytes_, possible));
    }
    std::vector<std::uint8_t> data(static_cast<std::size_t>(bytes));
    const std::size_t found = read(data.data(), data.size());
    if (found != data.size()) {
      reject(fmt::format("is cut off: {} of the {} bytes its header announces", found, bytes));
    }
    std::uint8_t extra = 0;  // this read also makes zlib verify the checksum
    if (read(&extra, 1) != 0) {
      reject(fmt::format("goes on after the {} bytes its header announces", bytes));
    }
    return data;
  }

 private:
  std::size_t read(std::uint8_t* destination, std::size_t bytes) {
    std::size_t done = 0;
    while (done < bytes) {
      const auto chunk = static_cast<unsigned>(std::min<std::size_t>(bytes - done, 1U << 30));
      const int got = gzread(file_.get(), destination + done, chunk);
      int code = Z_OK;
      const char* message = gzerror(file_.get(), &code);
      // Z_BUF_ERROR is an early end, which the caller reports with the byte counts.
      if (got < 0 || (code != Z_OK && code != Z_BUF_ERROR && code != Z_STREAM_END)) {
        reject(fmt::format("is damaged ({})", message));
      }
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

  std::string path_;
  std::unique_ptr<gzFile_s, int (*)(gzFile)> file_;
  std::uint64_t file_bytes_ = 0;
};

}  // namespace

IdxImages read_idx_images(const std::filesystem::path& path) {
  GzipReader reader(path);
  reader.expect_magic(kImageMagic, "images");
  const std::uint32_t count = reader.read_big_endian();
  const std::uint32_t rows = reader.read_big_endian();
  const std::uint32_t columns = reader.read_big_endian();
  if (rows < 1 || rows > kMaxExtent || columns < 1 || columns > kMaxExtent) {
    reader.reject(fmt::format("has images of {} x {} pixels, allowed are 1 to {} each way", rows,
                              columns, kMaxExtent));
  }
  if (count < 1 || count > 0x7fffffffU) {
    reader.reject(fmt::format("announces {} images, allowed are 1 to 2147483647", count));
  }
  IdxImages images;
  images.count = static_cast<int>(count);
  images.rows = static_cast<int>(rows);
  images.columns = static_cast<int>(columns);
  images.pixels = reader.read_rest(std::uint64_t{count} * rows * columns);
  return images;
}

std::vector<int> read_idx_labels(const std::filesystem::path& path, int classes) {
  GzipReader reader(path);
  reader.expect_magic(kLabelMagic, "labels");
  const std::uint32_t count = reader.read_big_endian();
  const std::vector<std::uint8_t> bytes = reader.read_rest(count);
  const auto bad = std::find_if(bytes.begin(), bytes.end(),
                                [&](std::uint8_t label) { return label >= classes; });
  if (bad != bytes.end()) {
    reader.reject(
        fmt::format("label {} is {}, allowed are 0 to {}", bad - bytes.begin(), *bad, classes - 1));
  }
  return {bytes.begin(), bytes.end()};
}

}  // namespace brownout::models
