// SPDX-License-Identifier: Apache-2.0
#include "models/train/training_run.h"

#include <malloc.h>

#include <algorithm>
#include <limits>
#include <thread>

#include "models/data/input_encoder.h"
#include "models/quantizer/calibrate.h"

namespace brownout::models {

void keep_freed_memory() {
#ifdef __GLIBC__
  constexpr int kOneGibibyte = 1 << 30;
  mallopt(M_MMAP_THRESHOLD, kOneGibibyte);
  mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
  mallopt(M_TOP_PAD, kOneGibibyte / 16);
#endif
}

int worker_threads(int threads) {
  if (threads != 0) return threads;
  return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

Dataset load_split(DatasetConfig config, DatasetConfig::Split split) {
  config.split = split;
  return load_dataset(config);
}

std::filesystem::path beside(const std::filesystem::path& output, const char* extension) {
  return std::filesystem::path(output).replace_extension(extension);
}

void make_folders(const std::vector<std::filesystem::path>& files) {
  for (const auto& file : files) {
    if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path());
  }
}

Graph quantize_trained(const FloatNetwork& network, const Dataset& train,
                       const CalibrationConfig& calibration, const QuantizeConfig& quantization) {
  Calibrator calibrator(network, {RangeChoice::Method::kPercentile, calibration.percentile});
  const auto images = std::min(static_cast<std::size_t>(calibration.images), train.size());
  for (std::size_t i = 0; i < images; ++i) {
    calibrator.add(preprocess(train, i, network.preprocessing));
  }
  return quantize(network, calibrator.ranges(), quantization);
}

}  // namespace brownout::models
