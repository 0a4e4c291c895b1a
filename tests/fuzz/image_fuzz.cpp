// SPDX-License-Identifier: Apache-2.0
// PNG, PPM and PGM images as image folders hold them, brought to three channels and one size.
#include <cstddef>
#include <cstdint>
#include <utility>

#include "models/data/image_file.h"
#include "tests/fuzz/scratch_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using brownout::models::Image;
  const brownout::fuzz::ScratchFile file(".png", data, size);
  brownout::fuzz::refuse_or([&] {
    Image image = brownout::models::read_image(file.path());
    brownout::fuzz::expect(image.pixels.size() == image.shape.elements(), "pixels are missing");
    if (image.pixels.size() > 100'000) return;
    image = brownout::models::with_channels(std::move(image), 3);
    const Image resized = brownout::models::resize_image(image, 5, 7);
    brownout::fuzz::expect(resized.pixels.size() == std::size_t{3} * 5 * 7,
                           "resized to another size");
  });
  return 0;
}
