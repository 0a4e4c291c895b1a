// SPDX-License-Identifier: Apache-2.0
// Where a platform put the program and its data (layer 3): from the program's own addresses to
// addresses on the bus behind the DMA engine.
#pragma once

#include <cstdint>

#include "accel/extent.h"
#include "accel/program.h"
#include "models/graph.h"

namespace brownout::accel {

/// Bus addresses, chosen by the host for each run.
struct Placement {
  std::uint64_t program = 0;  ///< of the program's address 0: weights and intermediate tensors
  std::uint64_t input = 0;    ///< of the image
  std::uint64_t output = 0;   ///< of the network's output

  friend bool operator==(const Placement& a, const Placement& b) {
    return a.program == b.program && a.input == b.input && a.output == b.output;
  }
};

/// Bytes of a tensor's values: one a code, four an accumulator.
[[nodiscard]] std::uint64_t tensor_bytes(const models::Tensor& tensor);

/// The bytes of a tensor in the program's address space, rounded up to the whole words DMA moves.
[[nodiscard]] Extent tensor_extent(const models::Graph& graph, const Program& program,
                                   TensorId tensor);

class AddressMap {
 public:
  AddressMap(const models::Graph& graph, const Program& program);

  /// Whether program, input and output end within the 64-bit address space.
  [[nodiscard]] bool fits(const Placement& placement) const;
  void place(const Placement& placement) { placement_ = placement; }

  /// Bus address of the program's `address`. A transfer within one tensor or one layer's weights
  /// stays contiguous.
  [[nodiscard]] std::uint64_t bus(std::uint64_t address) const {
    if (input_.begin <= address && address < input_.end) {
      return placement_.input + (address - input_.begin);
    }
    if (output_.begin <= address && address < output_.end) {
      return placement_.output + (address - output_.begin);
    }
    return placement_.program + address;
  }

 private:
  std::uint64_t program_bytes_;
  Extent input_;
  Extent output_;
  Placement placement_;
};

}  // namespace brownout::accel
