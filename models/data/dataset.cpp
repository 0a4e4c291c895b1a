// SPDX-License-Identifier: Apache-2.0
#include "models/data/dataset.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "models/data/cifar.h"
#include "models/data/idx.h"
#include "sim/config/section.h"
#include "sim/core/error.h"

namespace brownout::models {
namespace {

constexpr const char* kFashionMnistFolder = "/usr/share/datasets/fashion-mnist";
constexpr int kMaxPad = 224;  // 10,000 grey images are half a gigabyte by then

std::filesystem::path existing_file(const std::filesystem::path& path, const char* source) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    throw InputError(fmt::format("{}: no such file; {}", path.string(), source));
  }
  return path;
}

Dataset load_fashion_mnist(const DatasetConfig& config) {
  constexpr const char* kSource =
      "install Debian's package dataset-fashion-mnist or name the folder of its four .gz files";
  const std::filesystem::path folder =
      config.folder.empty() ? std::filesystem::path(kFashionMnistFolder) : config.folder;
  const std::string stem = config.split == DatasetConfig::Split::kTrain ? "train" : "t10k";
  const auto image_path = existing_file(folder / (stem + "-images-idx3-ubyte.gz"), kSource);
  const auto label_path = existing_file(folder / (stem + "-labels-idx1-ubyte.gz"), kSource);

  Dataset dataset;
  dataset.name = "fashion_mnist";
  dataset.class_names = {"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
                         "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};
  IdxImages images = read_idx_images(image_path);
  dataset.labels = read_idx_labels(label_path, static_cast<int>(dataset.class_names.size()));
  if (dataset.labels.size() != static_cast<std::size_t>(images.count)) {
    throw InputError(fmt::format("{}: has {} labels, {} has {} images", label_path.string(),
                                 dataset.labels.size(), image_path.string(), images.count));
  }
  dataset.shape = {1, images.rows, images.columns};
  dataset.pixels = std::move(images.pixels);
  return dataset;
}

Dataset load_cifar10(const DatasetConfig& config) {
  constexpr const char* kSource =
      "name the folder of CIFAR-10's binary version (cifar-10-batches-bin)";
  if (config.folder.empty()) throw InputError(fmt::format("data set cifar10: {}", kSource));
  std::vector<std::string> files = {"test_batch.bin"};
  if (config.split == DatasetConfig::Split::kTrain) {
    files = {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin",
             "data_batch_5.bin"};
  }
  CifarBatch batch;
  for (const std::string& file : files) {
    append_cifar_batch(existing_file(config.folder / file, kSource), batch);
  }
  Dataset dataset;
  dataset.name = "cifar10";
  dataset.class_names = {"airplane", "automobile", "bird",  "cat",  "deer",
                         "dog",      "frog",       "horse", "ship", "truck"};
  dataset.shape = {kCifarChannels, kCifarExtent, kCifarExtent};
  dataset.pixels = std::move(batch.pixels);
  dataset.labels = std::move(batch.labels);
  return dataset;
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
  config.kind =
      section.choice<Kind>("kind", "labelled images to use",
                           {{"fashion_mnist", Kind::kFashionMnist}, {"cifar10", Kind::kCifar10}});
  std::optional<std::filesystem::path> folder;
  if (config.kind == Kind::kFashionMnist) folder = kFashionMnistFolder;
  config.folder = section.path("folder", "folder of the data set's files", folder);
  config.split =
      section.choice<Split>("split", "part of the data set",
                            {{"train", Split::kTrain}, {"test", Split::kTest}}, Split::kTest);
  config.pad_to = static_cast<int>(section.integer(
      "pad_to", "height and width after centred zero padding, 0 for none", {0, kMaxPad}, 0));
  return config;
}

Dataset load_dataset(const DatasetConfig& config) {
  Dataset dataset = config.kind == DatasetConfig::Kind::kFashionMnist ? load_fashion_mnist(config)
                                                                      : load_cifar10(config);
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
