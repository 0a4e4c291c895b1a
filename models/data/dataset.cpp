// SPDX-License-Identifier: Apache-2.0
#include "models/data/dataset.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "models/data/image_folder.h"
#include "models/data/published.h"
#include "sim/config/section.h"
#include "sim/core/error.h"

namespace brownout::models {
namespace {

constexpr int kMaxPad = 224;  // 10,000 grey images are half a gigabyte by then

Dataset load_unpadded(const DatasetConfig& config) {
  switch (config.kind) {
    case DatasetConfig::Kind::kFashionMnist:
      return load_fashion_mnist(config);
    case DatasetConfig::Kind::kCifar10:
      return load_cifar10(config);
    case DatasetConfig::Kind::kCifar100:
      return load_cifar100(config);
    case DatasetConfig::Kind::kGtsrb:
      return load_gtsrb(config);
    case DatasetConfig::Kind::kFolder:
      return load_image_folder(config);
  }
  throw InputError("data set of an unknown kind");
}

}  // namespace

const std::uint8_t* Dataset::image(std::size_t index) const {
  if (index >= size()) {
    throw InputError(
        fmt::format("data set '{}': image {}, allowed are 0 to {}", name, index, size() - 1));
  }
  return pixels.data() + index * shape.elements();
}

DatasetConfig read_dataset_config(config::Section section) {
  using Kind = DatasetConfig::Kind;
  using Split = DatasetConfig::Split;
  DatasetConfig config;
  config.kind = section.choice<Kind>("kind", "labelled images to use",
                                     {{"fashion_mnist", Kind::kFashionMnist},
                                      {"cifar10", Kind::kCifar10},
                                      {"cifar100", Kind::kCifar100},
                                      {"gtsrb", Kind::kGtsrb},
                                      {"folder", Kind::kFolder}});
  std::optional<std::filesystem::path> folder;
  if (config.kind == Kind::kFashionMnist) folder = kFashionMnistFolder;
  config.folder = section.path("folder", "folder of the data set's files", folder);
  config.split =
      section.choice<Split>("split", "part of the data set",
                            {{"train", Split::kTrain}, {"test", Split::kTest}}, Split::kTest);
  config.pad_to = static_cast<int>(section.integer(
      "pad_to", "height and width after centred zero padding, 0 for none", {0, kMaxPad}, 0));
  if (config.kind == Kind::kFolder) {
    config.channels = section.choice<int>("channels", "of the images; grey ones may stand for 3",
                                          {{"1", 1}, {"3", 3}}, config.channels);
    config.resize_to = static_cast<int>(section.integer(
        "resize_to", "height and width after bilinear resizing, 0 for none", {0, kMaxPad}, 0));
  }
  return config;
}

Dataset load_dataset(const DatasetConfig& config) {
  Dataset dataset = load_unpadded(config);
  return config.pad_to == 0 ? dataset : pad_images(dataset, config.pad_to);
}

Dataset first_images(const Dataset& dataset, std::size_t count) {
  Dataset selection;
  selection.name = dataset.name;
  selection.shape = dataset.shape;
  selection.class_names = dataset.class_names;
  const std::size_t kept = std::min(count, dataset.size());
  selection.labels.assign(dataset.labels.begin(),
                          dataset.labels.begin() + static_cast<std::ptrdiff_t>(kept));
  selection.pixels.assign(
      dataset.pixels.begin(),
      dataset.pixels.begin() + static_cast<std::ptrdiff_t>(kept * dataset.shape.elements()));
  return selection;
}

Dataset pad_images(const Dataset& dataset, int extent) {
  const Shape& from = dataset.shape;
  if (extent < std::max(from.height, from.width) || extent > kMaxPad) {
    throw InputError(fmt::format("data set '{}': pad_to is {}, allowed are {} to {}", dataset.name,
                                 extent, std::max(from.height, from.width), kMaxPad));
  }
  Dataset padded = dataset;
  padded.shape = {from.channels, extent, extent};
  const auto side = static_cast<std::size_t>(extent);
  const auto top = static_cast<std::size_t>((extent - from.height) / 2);
  const auto left = static_cast<std::size_t>((extent - from.width) / 2);
  const auto height = static_cast<std::size_t>(from.height);
  const auto width = static_cast<std::size_t>(from.width);
  const std::size_t planes = dataset.size() * static_cast<std::size_t>(from.channels);
  padded.pixels.assign(planes * side * side, 0);
  for (std::size_t row = 0; row < planes * height; ++row) {
    const std::size_t y = row / height * side + row % height + top;
    std::copy_n(dataset.pixels.begin() + static_cast<std::ptrdiff_t>(row * width), width,
                padded.pixels.begin() + static_cast<std::ptrdiff_t>(y * side + left));
  }
  return padded;
}

}  // namespace brownout::models
