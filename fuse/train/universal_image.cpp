// SPDX-License-Identifier: Apache-2.0
#include "fuse/train/universal_image.h"

#include <algorithm>
#include <cstddef>

#include "sim/core/error.h"

namespace brownout::fuse {

models::FloatNetwork universal_generator(const std::vector<float>& image,
                                         const models::Shape& shape) {
  require(image.size() == shape.elements(), "an image has its shape's elements");
  models::FloatAveragePool average;
  average.window.kernel_h = shape.height;
  average.window.kernel_w = shape.width;

  models::FloatConv one;
  one.outputs = 1;
  one.weights.assign(static_cast<std::size_t>(shape.channels), 0.0F);
  one.bias = {1.0F};
  one.relu = true;

  models::FloatConv planes;
  planes.outputs = shape.channels;
  models::Window& window = planes.window;
  window.kernel_h = shape.height;
  window.kernel_w = shape.width;
  window.pad_top = window.pad_bottom = shape.height - 1;
  window.pad_left = window.pad_right = shape.width - 1;
  // Output pixel (y, x) meets the one pixel under tap (height - 1 - y, width - 1 - x).
  const auto plane = static_cast<std::ptrdiff_t>(shape.height) * shape.width;
  for (auto begin = image.begin(); begin != image.end(); begin += plane) {
    planes.weights.insert(planes.weights.end(), begin, begin + plane);
    std::reverse(planes.weights.end() - plane, planes.weights.end());
  }

  models::FloatNetwork network;
  network.input = shape;
  network.nodes = {{"average", average, {0}}, {"one", one, {1}}, {"image", planes, {2}}};
  return network;
}

}  // namespace brownout::fuse
