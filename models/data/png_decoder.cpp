// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <png.h>

#include <algorithm>
#include <csetjmp>
#include <cstddef>

#include "models/data/image_decoders.h"
#include "sim/core/error.h"

namespace brownout::models {
namespace {

/// libpng's state and what its callbacks need. libpng reports errors by longjmp: nothing with a
/// destructor may live in the function that calls setjmp, so everything lives here.
class PngReader {
 public:
  explicit PngReader(const std::string& bytes)
      : bytes_(bytes),
        png_(png_create_read_struct(PNG_LIBPNG_VER_STRING, this, on_error, on_warning)),
        info_(png_ != nullptr ? png_create_info_struct(png_) : nullptr) {
    if (info_ == nullptr) throw InputError("libpng cannot be started");
  }
  ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;
  PngReader(PngReader&&) = delete;
  PngReader& operator=(PngReader&&) = delete;

  [[nodiscard]] DecodedImage decode() {
    if (!read_header() || !read_pixels()) {
      throw InputError(fmt::format("is no readable PNG ({})", error_));
    }
    return std::move(image_);
  }

 private:
  static void on_error(png_structp png, png_const_charp message) {
    static_cast<PngReader*>(png_get_error_ptr(png))->error_ = message;
    png_longjmp(png, 1);
  }
  static void on_warning(png_structp /*png*/, png_const_charp /*message*/) {}
  static void on_read(png_structp png, png_bytep target, std::size_t count) {
    auto& reader = *static_cast<PngReader*>(png_get_io_ptr(png));
    if (count > reader.bytes_.size() - reader.position_) png_error(png, "cut off");
    std::copy_n(reader.bytes_.begin() + static_cast<std::ptrdiff_t>(reader.position_), count,
                target);
    reader.position_ += count;
  }

  /// Every kind of PNG becomes 8 bits of grey or of red, green and blue.
  bool read_header() {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    png_set_user_limits(png_, kMaxImageExtent, kMaxImageExtent);
    png_set_read_fn(png_, this, on_read);
    png_read_info(png_, info_);
    // Deflate cannot compress better than 1032 : 1 (zlib's technical notes).
    const std::size_t packed = png_get_rowbytes(png_, info_) * png_get_image_height(png_, info_);
    if (packed / 1032 > bytes_.size()) png_error(png_, "cut off");
    png_set_expand(png_);
    png_set_strip_16(png_);
    png_set_strip_alpha(png_);
    static_cast<void>(png_set_interlace_handling(png_));
    png_read_update_info(png_, info_);
    image_.shape = {static_cast<int>(png_get_channels(png_, info_)),
                    static_cast<int>(png_get_image_height(png_, info_)),
                    static_cast<int>(png_get_image_width(png_, info_))};
    return true;
  }

  bool read_pixels() {
    image_.pixels.resize(image_.shape.elements());
    const std::size_t row = image_.pixels.size() / static_cast<std::size_t>(image_.shape.height);
    for (std::size_t i = 0; i < image_.pixels.size(); i += row) {
      rows_.push_back(image_.pixels.data() + i);
    }
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    png_read_image(png_, rows_.data());
    png_read_end(png_, nullptr);
    return true;
  }

  const std::string& bytes_;
  std::size_t position_ = 0;
  std::string error_;
  DecodedImage image_;
  std::vector<png_bytep> rows_;
  png_structp png_;
  png_infop info_;
};

}  // namespace

DecodedImage decode_png(const std::string& bytes) { return PngReader(bytes).decode(); }

}  // namespace brownout::models
