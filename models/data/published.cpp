// SPDX-License-Identifier: Apache-2.0
#include "models/data/published.h"

#include <fmt/format.h>

#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "models/data/idx.h"
#include "models/data/records.h"
#include "sim/core/error.h"

namespace brownout::models {
namespace {

using Names = std::vector<std::string>;

std::filesystem::path existing_file(const std::filesystem::path& path, const char* source) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    throw InputError(fmt::format("{}: no such file; {}", path.string(), source));
  }
  return path;
}

/// A data set that lies in record files.
struct RecordSet {
  const char* name;
  const char* source;  ///< where its files come from
  Names train;
  Names test;
  RecordFormat format;
};

Dataset load_record_set(const DatasetConfig& config, const RecordSet& set) {
  if (config.folder.empty()) {
    throw InputError(fmt::format("data set {}: no folder; {}", set.name, set.source));
  }
  Records records;
  for (const std::string& file :
       config.split == DatasetConfig::Split::kTrain ? set.train : set.test) {
    append_records(existing_file(config.folder / file, set.source), set.format, records);
  }
  Dataset dataset;
  dataset.name = set.name;
  dataset.shape = {kRecordChannels, kRecordExtent, kRecordExtent};
  dataset.pixels = std::move(records.pixels);
  dataset.labels = std::move(records.labels);
  return dataset;
}

/// One name a line, as CIFAR-100 has them beside its images.
Names read_names(const std::filesystem::path& path, std::size_t count) {
  std::ifstream file(path);
  Names names;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty()) names.push_back(line);
  }
  if (names.size() != count) {
    throw InputError(
        fmt::format("{}: has {} class names, needs {}", path.string(), names.size(), count));
  }
  return names;
}

}  // namespace

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
  Dataset dataset = load_record_set(
      config, {"cifar10",
               "name the folder of CIFAR-10's binary version (cifar-10-batches-bin)",
               {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin",
                "data_batch_5.bin"},
               {"test_batch.bin"},
               {1, 10}});
  dataset.class_names = {"airplane", "automobile", "bird",  "cat",  "deer",
                         "dog",      "frog",       "horse", "ship", "truck"};
  return dataset;
}

Dataset load_cifar100(const DatasetConfig& config) {
  constexpr const char* kSource =
      "name the folder of CIFAR-100's binary version (cifar-100-binary)";
  constexpr int kClasses = 100;
  Dataset dataset =
      load_record_set(config, {"cifar100", kSource, {"train.bin"}, {"test.bin"}, {2, kClasses}});
  dataset.class_names =
      read_names(existing_file(config.folder / "fine_label_names.txt", kSource), kClasses);
  return dataset;
}

Dataset load_gtsrb(const DatasetConfig& config) {
  Dataset dataset = load_record_set(
      config, {"gtsrb",
               "name the folder of train_32x32.bin and test_32x32.bin, GTSRB's frames resized to "
               "32 x 32 in CIFAR-10's layout",
               {"train_32x32.bin"},
               {"test_32x32.bin"},
               {1, 43}});
  dataset.class_names = {"limit 20",
                         "limit 30",
                         "limit 50",
                         "limit 60",
                         "limit 70",
                         "limit 80",
                         "end of limit 80",
                         "limit 100",
                         "limit 120",
                         "no overtaking",
                         "no overtaking by trucks",
                         "priority at next crossing",
                         "priority road",
                         "give way",
                         "stop",
                         "no vehicles",
                         "no trucks",
                         "no entry",
                         "danger",
                         "bend to the left",
                         "bend to the right",
                         "double bend",
                         "uneven road",
                         "slippery road",
                         "road narrows on the right",
                         "road works",
                         "traffic lights",
                         "pedestrians",
                         "children",
                         "bicycles",
                         "ice or snow",
                         "wild animals",
                         "end of all limits",
                         "turn right",
                         "turn left",
                         "straight on",
                         "straight on or right",
                         "straight on or left",
                         "pass on the right",
                         "pass on the left",
                         "roundabout",
                         "end of no overtaking",
                         "end of no overtaking by trucks"};
  return dataset;
}

}  // namespace brownout::models
