// SPDX-License-Identifier: Apache-2.0
// One image from a PNG, PPM or PGM file (layer 2).
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "models/graph.h"

namespace brownout::models {

struct Image {
  Shape shape;                       ///< 1 channel (grey) or 3 (red, green, blue)
  std::vector<std::uint8_t> pixels;  ///< CHW
};

/// Largest height and width read.
constexpr int kMaxImageExtent = 8192;

/// Whether the file's name ends in .png, .ppm or .pgm, in small or capital letters.
[[nodiscard]] bool is_image_file(const std::filesystem::path& path);

/// Reads by content, whatever the name: PNG of any kind (palettes resolved, 16 bits cut to 8, alpha
/// dropped, no colour management) and binary PPM or PGM with a maximum of 255. Throws InputError
/// naming the file and what is wrong with it.
[[nodiscard]] Image read_image(const std::filesystem::path& path);

/// With three channels: grey in each of them. Throws InputError for colour where one is asked for.
[[nodiscard]] Image with_channels(Image image, int channels);

/// Bilinear with pixel centres at halves, edges repeated; plain interpolation, no averaging over
/// the pixels a strong reduction skips.
[[nodiscard]] Image resize_image(const Image& image, int height, int width);

}  // namespace brownout::models
