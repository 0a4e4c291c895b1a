// SPDX-License-Identifier: Apache-2.0
// The fast engine (layer 3): the same network on the same addresses with the same failing cells as
// the cycle engine, computed layer by layer with vector kernels. Its statistics are those of one
// cycle-engine pass without payload.
#pragma once

#include <cstdint>
#include <vector>

#include "accel/accelerator_config.h"
#include "accel/fast/fast_graph.h"
#include "accel/operating_point.h"
#include "accel/program.h"
#include "memory/chip.h"
#include "models/graph.h"
#include "models/reference.h"

namespace brownout::accel {

class FastEngine {
 public:
  /// A network as one chip reads it at one operating point; immutable, shared by threads.
  struct View {
    FastGraph::Weights weights;
    ActivationFaults activations;  ///< empty when no activation buffer has failing cells
  };

  /// Lowers the graph; throws InputError when the machine cannot run it. `graph` and `machine` must
  /// outlive the engine.
  FastEngine(const models::Graph& graph, const Machine& machine);

  [[nodiscard]] View view(const memory::Chip& chip, const OperatingPoint& point) const;

  /// Scratch buffers of one thread.
  [[nodiscard]] FastGraph::Workspace make_workspace() const;

  /// Logits of one image (codes in HWC order); one workspace per thread.
  void run(const View& view, const std::vector<std::uint8_t>& input,
           FastGraph::Workspace& workspace, std::vector<std::int32_t>& logits) const;

  /// The same with every node's codes, for comparison with the cycle engine.
  [[nodiscard]] models::Inference run_all(const View& view, const std::vector<std::uint8_t>& input,
                                          FastGraph::Workspace& workspace) const;

  [[nodiscard]] const Program& program() const { return program_; }

 private:
  const models::Graph& graph_;
  const Machine& machine_;
  Program program_;
  FastGraph fast_;
};

}  // namespace brownout::accel
