// SPDX-License-Identifier: Apache-2.0
// What a host writes to memory before it starts the accelerator, and how it reads the result
// (layer 3). The cycle engine's host and a virtual platform's software use the same.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "accel/placement.h"
#include "accel/program.h"
#include "models/graph.h"

namespace brownout::accel {

/// A view: graph and program must outlive it.
class ProgramImage {
 public:
  ProgramImage(const models::Graph& graph, const Program& program)
      : graph_(graph), program_(program) {}

  /// Memory the program needs at Placement::program: weights and all tensors.
  [[nodiscard]] std::uint64_t bytes() const { return program_.dram_bytes; }

  /// The image is this many codes in HWC order, the output this many bytes.
  [[nodiscard]] std::uint64_t input_bytes() const;
  [[nodiscard]] std::uint64_t output_bytes() const;

  /// Memory that input and output need when they are placed elsewhere: whole buffer words. Beyond
  /// the data, input is read and not looked at, and output may be written.
  [[nodiscard]] std::uint64_t input_room() const;
  [[nodiscard]] std::uint64_t output_room() const;

  /// Everything in one block of bytes() at `base`.
  [[nodiscard]] Placement at(std::uint64_t base) const;

  /// Hands every layer's weights to `write`, in fetch order, with their bus address for a program
  /// at `base`; one layer at a time, so memory does not grow with depth. Nothing else needs a
  /// value.
  using Write = std::function<void(std::uint64_t address, const std::vector<std::uint8_t>& bytes)>;
  void write_weights(std::uint64_t base, const Write& write) const;

  /// Logits (accumulators, or codes minus zero point) from output_bytes() bytes of the output.
  /// Throws InputError when the size is wrong.
  [[nodiscard]] std::vector<std::int32_t> logits(const std::vector<std::uint8_t>& output) const;

 private:
  const models::Graph& graph_;
  const Program& program_;
};

}  // namespace brownout::accel
