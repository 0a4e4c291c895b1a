// SPDX-License-Identifier: Apache-2.0
// What `brownout model quantize` does, from a configuration (layer 5).
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>

#include "models/data/dataset.h"
#include "models/graph.h"
#include "models/quantizer/calibrate.h"
#include "models/quantizer/quantize.h"
#include "sim/config/section.h"

namespace brownout::model {

/// Some images of a data set.
struct ImageChoice {
  models::DatasetConfig dataset;
  std::size_t images = 0;  ///< the first ones; 0: all
};

struct QuantizeNetworkConfig {
  std::filesystem::path network;  ///< float ONNX
  std::filesystem::path output;   ///< integer ONNX
  /// Instead of what the file says.
  std::optional<models::Preprocessing> preprocessing;
  ImageChoice calibration;
  models::RangeChoice ranges;
  models::QuantizeConfig weights;
  bool fold_batch_norm = false;
  std::optional<ImageChoice> test;  ///< accuracy before and after
};

/// Errors become findings of the section's document.
[[nodiscard]] QuantizeNetworkConfig read_quantize_config(config::Section root);

/// `dataset`, and `images`, of a section.
[[nodiscard]] ImageChoice read_images(config::Section section, std::size_t images);

}  // namespace brownout::model
