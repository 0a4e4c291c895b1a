// SPDX-License-Identifier: Apache-2.0
#include "sim/report/faults/png.h"

#include <zlib.h>

#include "sim/core/error.h"

namespace brownout::report {
namespace {

std::string big_endian(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes += static_cast<char>(value >> static_cast<unsigned>(shift) & 0xffU);
  }
  return bytes;
}

const Bytef* bytes_of(const std::string& text) {
  return reinterpret_cast<const Bytef*>(text.data());
}

/// Length, type, data, and the checksum of the latter two.
std::string chunk(const std::string& type, const std::string& data) {
  const std::string body = type + data;
  const uLong sum = ::crc32(0, bytes_of(body), static_cast<uInt>(body.size()));
  return big_endian(static_cast<std::uint32_t>(data.size())) + body +
         big_endian(static_cast<std::uint32_t>(sum));
}

std::string deflated(const std::string& data) {
  uLongf size = ::compressBound(static_cast<uLong>(data.size()));
  std::string result(size, '\0');
  const int status = ::compress2(reinterpret_cast<Bytef*>(result.data()), &size, bytes_of(data),
                                 static_cast<uLong>(data.size()), Z_BEST_COMPRESSION);
  require(status == Z_OK, "zlib compresses a picture");
  result.resize(size);
  return result;
}

}  // namespace

std::string png(const Image& image) {
  std::string rows;
  for (std::uint32_t y = 0; y < image.height; ++y) {
    rows += '\0';  // no filter
    const auto row = image.pixels.begin() + static_cast<std::ptrdiff_t>(y) * image.width;
    rows.append(row, row + image.width);
  }
  std::string palette;
  for (const Color& color : image.palette) {
    for (const std::uint8_t part : color) palette += static_cast<char>(part);
  }
  const std::string eight_bits_by_palette("\x08\x03\x00\x00\x00", 5);
  return "\x89PNG\r\n\x1a\n" +
         chunk("IHDR", big_endian(image.width) + big_endian(image.height) + eight_bits_by_palette) +
         chunk("PLTE", palette) + chunk("IDAT", deflated(rows)) + chunk("IEND", "");
}

std::string base64(const std::string& bytes) {
  constexpr const char* kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) {
      const std::uint32_t byte =
          i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U;
      group = group << 8U | byte;
    }
    for (std::size_t k = 0; k < 4; ++k) {
      const bool is_there = i + k < bytes.size() + 1;
      text += is_there ? kLetters[group >> (18U - 6U * k) & 63U] : '=';
    }
  }
  return text;
}

}  // namespace brownout::report
