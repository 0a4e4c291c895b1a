// SPDX-License-Identifier: Apache-2.0
// Labelled images (layer 2): what a data set is, where the known ones lie on disk, and the config
// section that chooses one. published.h and image_folder.h say which files they are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "models/graph.h"

namespace brownout::config {
class Section;
}

namespace brownout::models {

struct Dataset {
  std::string name;
  Shape shape;
  std::vector<std::uint8_t> pixels;  ///< image-major, each CHW
  std::vector<int> labels;
  std::vector<std::string> class_names;

  [[nodiscard]] std::size_t size() const { return labels.size(); }
  /// CHW bytes of image `index`. Throws InputError beyond the last one.
  [[nodiscard]] const std::uint8_t* image(std::size_t index) const;
};

struct DatasetConfig {
  enum class Kind { kFashionMnist, kCifar10, kCifar100, kGtsrb, kFolder };
  enum class Split { kTrain, kTest };

  Kind kind = Kind::kFashionMnist;
  /// Empty: where Debian's package puts Fashion-MNIST; the others have no default.
  std::filesystem::path folder;
  Split split = Split::kTest;
  /// Height and width after centred zero padding; 0 keeps the images as they are.
  int pad_to = 0;
  int channels = 3;   ///< of an image folder
  int resize_to = 0;  ///< height and width an image folder's images are brought to; 0: as they are
};

constexpr const char* kFashionMnistFolder = "/usr/share/datasets/fashion-mnist";

/// Reads `kind`, `folder` (required but for Fashion-MNIST), `split`, `pad_to`, and for image
/// folders `channels` and `resize_to`.
[[nodiscard]] DatasetConfig read_dataset_config(config::Section section);

/// Throws InputError when files are missing (saying where they come from) or damaged.
[[nodiscard]] Dataset load_dataset(const DatasetConfig& config);

/// The first `count` images; all of them when there are fewer.
[[nodiscard]] Dataset first_images(const Dataset& dataset, std::size_t count);

/// Images centred in `extent` x `extent` zeros; the odd pixel goes to the bottom and right.
/// Throws InputError when they are larger than that.
[[nodiscard]] Dataset pad_images(const Dataset& dataset, int extent);

}  // namespace brownout::models
