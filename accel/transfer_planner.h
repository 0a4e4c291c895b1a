// SPDX-License-Identifier: Apache-2.0
// Plans one operand's DMA loads over a layer (layer 3).
//
// A buffer is a window over fetch positions: position p lives at p modulo the capacity, so what is
// resident is one extent no longer than the capacity. A step's needs extend the window, and what
// falls out on the other side must be fetched again when it is needed again.
#pragma once

#include <cstdint>
#include <vector>

#include "accel/extent.h"
#include "accel/program.h"

namespace brownout::accel {

class TransferPlanner {
 public:
  /// `word_bytes` divides `capacity`. `first_step` is the layer's first.
  TransferPlanner(std::uint64_t capacity, std::uint64_t word_bytes, std::uint32_t first_step);

  /// One load to issue and the steps that must have finished before.
  struct Request {
    Extent extent;
    std::uint32_t after_steps = 0;
  };

  /// Loads that make `need` resident for step `step`; steps come in order. Throws SimulationError
  /// when `need` is longer than the capacity.
  [[nodiscard]] std::vector<Request> require(std::uint32_t step, Extent need);

 private:
  [[nodiscard]] std::vector<Extent> missing(const Extent& need);
  [[nodiscard]] std::uint32_t last_conflict(const Extent& load) const;

  struct Use {
    std::uint32_t step;
    Extent extent;
  };

  std::uint64_t capacity_;
  std::uint64_t word_bytes_;
  std::uint64_t segment_;  // longest single load, so that a prefetch may start in parts
  std::uint32_t first_step_;
  Extent resident_;
  std::vector<Use> uses_;
};

}  // namespace brownout::accel
