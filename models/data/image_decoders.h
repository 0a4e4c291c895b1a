// SPDX-License-Identifier: Apache-2.0
// The formats behind read_image (layer 2): bytes of a file to pixels.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/data/image_file.h"

namespace brownout::models {

/// Pixel-major (HWC) as files have them, and how many.
struct DecodedImage {
  Shape shape;
  std::vector<std::uint8_t> pixels;
};

/// Both throw InputError saying what is wrong, without the file's name.
[[nodiscard]] DecodedImage decode_png(const std::string& bytes);
/// P5 and P6 of Netpbm (https://netpbm.sourceforge.net/doc/ppm.html), one image a file.
[[nodiscard]] DecodedImage decode_netpbm(const std::string& bytes);

}  // namespace brownout::models
