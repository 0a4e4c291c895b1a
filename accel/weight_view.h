// SPDX-License-Identifier: Apache-2.0
// A layer's weights as the datapath gets them from a filter buffer with failing cells (layer 3).
#pragma once

#include <cstdint>
#include <vector>

#include "accel/buffer_faults.h"
#include "accel/conv_geometry.h"
#include "memory/word_code.h"
#include "models/graph.h"

namespace brownout::accel {

struct WeightsRead {
  std::vector<std::int8_t> weights;  ///< in the order of models::Conv::weights
  memory::CodeOutcomes outcomes;     ///< of the layer's words in the buffer, each read once
};

/// `conv`'s weights as read from the filter buffer. Bytes of a word behind a line's last weight
/// hold zeros (lowering.h, filter_image).
[[nodiscard]] WeightsRead read_weights(const models::Conv& conv, const ConvGeometry& geometry,
                                       const BufferFaults& filter);

}  // namespace brownout::accel
