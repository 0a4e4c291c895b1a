// SPDX-License-Identifier: Apache-2.0
#include "models/data/image_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

#include "models/data/image_decoders.h"
#include "sim/core/error.h"

namespace brownout::models {
namespace {

constexpr const char* kPngSignature = "\x89PNG\r\n\x1a\n";

std::string read_bytes(const std::filesystem::path& path) {
  std::error_code unknown;
  if (!std::filesystem::is_regular_file(path, unknown)) {
    throw InputError("cannot be read, there is no such file");
  }
  std::ifstream file(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (!file) throw InputError("cannot be read");
  return bytes;
}

DecodedImage decode(const std::string& bytes) {
  if (bytes.rfind(kPngSignature, 0) == 0) return decode_png(bytes);
  if (bytes.rfind("P5", 0) == 0 || bytes.rfind("P6", 0) == 0) return decode_netpbm(bytes);
  throw InputError("is neither PNG nor binary PPM or PGM");
}

/// Where an output pixel lies between two input pixels of a line.
struct Blend {
  std::size_t first, second;
  double share;  ///< of the second
};

Blend blend_at(int position, int to, int from) {
  const double centre = (position + 0.5) * from / to - 0.5;
  const double inside = std::clamp(centre, 0.0, static_cast<double>(from - 1));
  const auto first = static_cast<std::size_t>(inside);
  const auto last = static_cast<std::size_t>(from - 1);
  return {first, std::min(first + 1, last), inside - std::floor(inside)};
}

}  // namespace

bool is_image_file(const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  for (char& c : extension) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return extension == ".png" || extension == ".ppm" || extension == ".pgm";
}

Image read_image(const std::filesystem::path& path) {
  try {
    const DecodedImage decoded = decode(read_bytes(path));
    const auto channels = static_cast<std::size_t>(decoded.shape.channels);
    const std::size_t plane = decoded.pixels.size() / channels;
    Image image{decoded.shape, std::vector<std::uint8_t>(decoded.pixels.size())};
    for (std::size_t i = 0; i < decoded.pixels.size(); ++i) {
      image.pixels[i % channels * plane + i / channels] = decoded.pixels[i];
    }
    return image;
  } catch (const InputError& error) {
    throw InputError(fmt::format("{}: {}", path.string(), error.what()));
  }
}

Image with_channels(Image image, int channels) {
  if (image.shape.channels == channels) return image;
  if (channels == 1) throw InputError("is a colour image, allowed are grey ones");
  const std::vector<std::uint8_t> plane = image.pixels;
  for (int c = 1; c < channels; ++c) {
    image.pixels.insert(image.pixels.end(), plane.begin(), plane.end());
  }
  image.shape.channels = channels;
  return image;
}

Image resize_image(const Image& image, int height, int width) {
  const Shape& from = image.shape;
  Image result{{from.channels, height, width}, {}};
  result.pixels.reserve(result.shape.elements());
  const auto from_width = static_cast<std::size_t>(from.width);
  const std::size_t plane = from_width * static_cast<std::size_t>(from.height);
  for (std::size_t start = 0; start < image.pixels.size(); start += plane) {
    for (int y = 0; y < height; ++y) {
      const Blend rows = blend_at(y, height, from.height);
      const auto* upper = image.pixels.data() + start + rows.first * from_width;
      const auto* lower = image.pixels.data() + start + rows.second * from_width;
      for (int x = 0; x < width; ++x) {
        const Blend columns = blend_at(x, width, from.width);
        const auto across = [&](const std::uint8_t* row) {
          return row[columns.first] * (1 - columns.share) + row[columns.second] * columns.share;
        };
        const double value = across(upper) * (1 - rows.share) + across(lower) * rows.share;
        result.pixels.push_back(static_cast<std::uint8_t>(std::lround(value)));
      }
    }
  }
  return result;
}

}  // namespace brownout::models
