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
  std::uint64_t flipped_bits = 0;    ///< in which the weights differ from those written
};

/// Reads one layer's weights as any chip's filter buffer gives them.
class WeightReader {
 public:
  /// Both must outlive the reader.
  WeightReader(const models::Conv& conv, const ConvGeometry& geometry);

  [[nodiscard]] WeightsRead read(const BufferFaults& filter) const;

 private:
  void read_line(const BufferFaults& filter, const Fold& fold, std::uint32_t line,
                 WeightsRead& read) const;

  const models::Conv& conv_;
  const ConvGeometry& geometry_;
  std::vector<std::uint8_t> written_;  ///< by fetch position: lowering.h, filter_image
};

}  // namespace brownout::accel
