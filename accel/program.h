// SPDX-License-Identifier: Apache-2.0
// What the sequencer executes (layer 3): compute steps, DMA loads and stores with what each waits
// for, and where tensors and weights lie in DRAM. Made once per network and machine by lowering;
// independent of data, chip and voltage.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "accel/bank_conflicts.h"
#include "accel/conv_geometry.h"
#include "accel/extent.h"
#include "accel/vector_geometry.h"
#include "memory/chip.h"
#include "models/graph.h"

namespace brownout::accel {

/// Work between two points at which the datapath may have to wait. The counts are of the whole
/// program: loads run in order, so "the first n loads are done" says it all.
struct Step {
  std::uint32_t layer = 0;
  std::uint32_t fold = 0;  ///< of an array layer
  /// First stream vector of an array layer's fold, first output word of a vector layer.
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint64_t cycles = 0;
  ConflictCycles conflicts;  ///< on top of `cycles`, after them; those of a fold at its last step
  Extent ofmap;              ///< positions to store; empty unless the step completes them
  std::uint32_t ifmap_loads = 0;
  std::uint32_t filter_loads = 0;
  std::uint32_t stores = 0;
};

/// DRAM to ifmap or filter buffer. Starts once `after_steps` steps no longer need the words it
/// overwrites and `after_stores` stores have written what it fetches.
struct Load {
  std::uint32_t layer = 0;
  memory::GroupId group = memory::GroupId::kIfmap;
  Extent extent;
  std::uint32_t after_steps = 0;
  std::uint32_t after_stores = 0;
};

/// Ofmap buffer to DRAM: what step `step` produced.
struct Store {
  std::uint32_t step = 0;
};

/// One node of the graph on the machine.
struct LayerProgram {
  std::variant<ConvGeometry, VectorGeometry> geometry;
  std::vector<std::uint64_t> input_addresses;  ///< in DRAM, one per input tensor
  std::uint64_t filter_address = 0;
  std::uint64_t output_address = 0;

  [[nodiscard]] const ConvGeometry* conv() const { return std::get_if<ConvGeometry>(&geometry); }
  [[nodiscard]] const VectorGeometry& vector() const { return std::get<VectorGeometry>(geometry); }
};

struct Program {
  std::vector<LayerProgram> layers;  ///< one per node of the graph
  std::vector<Step> steps;
  std::vector<Load> loads;
  std::vector<Store> stores;
  std::vector<std::uint64_t> tensor_addresses;  ///< in DRAM, one per tensor of the graph
  std::uint64_t ofmap_bytes = 0;  ///< longest output with its partial sums, in the ofmap buffer
  std::uint64_t dram_bytes = 0;
  std::uint32_t word_bytes = 0;  ///< DMA moves whole buffer words
};

}  // namespace brownout::accel
