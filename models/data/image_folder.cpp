// SPDX-License-Identifier: Apache-2.0
#include "models/data/image_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "models/data/image_file.h"
#include "sim/core/error.h"

namespace brownout::models {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxBytes = std::size_t{4} << 30U;

/// Hidden entries (.DS_Store and the like) are not the data set's.
bool is_hidden(const fs::path& path) { return path.filename().string().front() == '.'; }

std::vector<fs::path> sorted_entries(const fs::path& folder) {
  std::vector<fs::path> entries;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (!is_hidden(entry.path())) entries.push_back(entry.path());
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

std::set<std::string> class_folders(const fs::path& split) {
  std::set<std::string> names;
  for (const fs::path& entry : sorted_entries(split)) {
    if (!fs::is_directory(entry)) {
      throw InputError(
          fmt::format("{}: is no folder, allowed are folders, one a class", entry.string()));
    }
    names.insert(entry.filename().string());
  }
  if (names.empty()) throw InputError(fmt::format("{}: has no class folders", split.string()));
  return names;
}

/// The classes, which both splits must have where both are there: labels are positions among them.
std::set<std::string> common_classes(const fs::path& split, const fs::path& other) {
  std::set<std::string> classes = class_folders(split);
  if (!fs::is_directory(other)) return classes;
  const std::set<std::string> others = class_folders(other);
  std::vector<std::string> different;
  std::set_symmetric_difference(classes.begin(), classes.end(), others.begin(), others.end(),
                                std::back_inserter(different));
  if (different.empty()) return classes;
  const bool here = classes.count(different.front()) != 0;
  throw InputError(fmt::format("{}: has no class '{}', {} has it", (here ? other : split).string(),
                               different.front(), (here ? split : other).string()));
}

Image load_image(const fs::path& path, const DatasetConfig& config) {
  if (!is_image_file(path)) {
    throw InputError(
        fmt::format("{}: is no image, allowed are .png, .ppm and .pgm", path.string()));
  }
  Image image = read_image(path);
  try {
    image = with_channels(std::move(image), config.channels);
  } catch (const InputError& error) {
    throw InputError(fmt::format("{}: {}", path.string(), error.what()));
  }
  return config.resize_to == 0 ? image : resize_image(image, config.resize_to, config.resize_to);
}

void append_image(const fs::path& path, const Image& image, Dataset& dataset) {
  if (dataset.pixels.empty()) dataset.shape = image.shape;
  if (image.shape != dataset.shape) {
    throw InputError(
        fmt::format("{}: is {} x {}, the images before it are {} x {} (height x "
                    "width); resize_to makes them alike",
                    path.string(), image.shape.height, image.shape.width, dataset.shape.height,
                    dataset.shape.width));
  }
  if (dataset.pixels.size() + image.pixels.size() > kMaxBytes) {
    throw InputError(fmt::format("{}: exceeds the {} GiB of pixels a data set may have",
                                 path.string(), kMaxBytes >> 30U));
  }
  dataset.pixels.insert(dataset.pixels.end(), image.pixels.begin(), image.pixels.end());
}

}  // namespace

Dataset load_image_folder(const DatasetConfig& config) {
  const bool train = config.split == DatasetConfig::Split::kTrain;
  const fs::path split = config.folder / (train ? "train" : "test");
  if (!fs::is_directory(split)) {
    throw InputError(fmt::format(
        "{}: no such folder; an image folder holds train/CLASS/*.png and test/CLASS/*.png",
        split.string()));
  }
  Dataset dataset;
  dataset.name = config.folder.filename().string();
  for (const std::string& name :
       common_classes(split, config.folder / (train ? "test" : "train"))) {
    const int label = static_cast<int>(dataset.class_names.size());
    dataset.class_names.push_back(name);
    for (const fs::path& file : sorted_entries(split / name)) {
      append_image(file, load_image(file, config), dataset);
      dataset.labels.push_back(label);
    }
    if (dataset.labels.empty() || dataset.labels.back() != label) {
      throw InputError(fmt::format("{}: has no images", (split / name).string()));
    }
  }
  return dataset;
}

}  // namespace brownout::models
