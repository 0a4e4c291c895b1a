// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstddef>

#include "models/data/image_decoders.h"
#include "sim/core/error.h"

namespace brownout::models {
namespace {

constexpr int kMaximum = 255;

/// The numbers of a header: separated by white space, with comments from # to the end of a line.
class Header {
 public:
  explicit Header(const std::string& bytes) : bytes_(bytes) {}

  [[nodiscard]] int number(const char* what, int lowest, int highest) {
    skip_space();
    const std::size_t begin = position_;
    int value = 0;
    while (position_ < bytes_.size() && is_digit(bytes_[position_]) && value <= highest) {
      value = 10 * value + (bytes_[position_++] - '0');
    }
    if (position_ == begin || value < lowest || value > highest) {
      throw InputError(fmt::format("{} is {}, allowed are {} to {}", what,
                                   position_ == begin ? "missing" : std::to_string(value), lowest,
                                   highest));
    }
    return value;
  }

  /// Where the pixels begin: behind one character of white space.
  [[nodiscard]] std::size_t end() {
    if (position_ >= bytes_.size() || !is_space(bytes_[position_])) {
      throw InputError("has no white space between header and pixels");
    }
    return position_ + 1;
  }

 private:
  static bool is_digit(char c) { return c >= '0' && c <= '9'; }
  static bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

  void skip_space() {
    while (position_ < bytes_.size() && (is_space(bytes_[position_]) || bytes_[position_] == '#')) {
      if (bytes_[position_] == '#') {
        position_ = std::min(bytes_.find_first_of("\r\n", position_), bytes_.size());
      } else {
        ++position_;
      }
    }
  }

  const std::string& bytes_;
  std::size_t position_ = 2;  // behind the magic number
};

}  // namespace

DecodedImage decode_netpbm(const std::string& bytes) {
  DecodedImage image;
  Header header(bytes);
  image.shape.channels = bytes[1] == '6' ? 3 : 1;
  image.shape.width = header.number("the width", 1, kMaxImageExtent);
  image.shape.height = header.number("the height", 1, kMaxImageExtent);
  static_cast<void>(header.number("the largest value", kMaximum, kMaximum));
  const std::size_t begin = header.end();
  const std::size_t needed = image.shape.elements();
  if (bytes.size() - begin != needed) {
    throw InputError(fmt::format("has {} bytes of pixels, {} x {} x {} needs {}",
                                 bytes.size() - begin, image.shape.channels, image.shape.height,
                                 image.shape.width, needed));
  }
  image.pixels.assign(bytes.begin() + static_cast<std::ptrdiff_t>(begin), bytes.end());
  return image;
}

}  // namespace brownout::models
