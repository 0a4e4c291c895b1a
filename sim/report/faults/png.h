// SPDX-License-Identifier: Apache-2.0
// Pictures inside HTML (layer 5): PNG of up to 256 colours.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace brownout::report {

using Color = std::array<std::uint8_t, 3>;

/// Row by row from the top, one palette index a pixel.
struct Image {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::vector<std::uint8_t> pixels;
  std::vector<Color> palette;

  [[nodiscard]] std::uint8_t& at(std::uint32_t x, std::uint32_t y) {
    return pixels[static_cast<std::size_t>(y) * width + x];
  }
};

/// The image as a PNG file (ISO/IEC 15948).
[[nodiscard]] std::string png(const Image& image);

/// Bytes as text (RFC 4648).
[[nodiscard]] std::string base64(const std::string& bytes);

}  // namespace brownout::report
