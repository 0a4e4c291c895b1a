// SPDX-License-Identifier: Apache-2.0
// Inference with vector kernels (layer 3), bit-identical to models::run_reference on every machine.
// A network is planned once, its weights are packed once per set of failing cells, and any number
// of threads then run images, each with its own workspace.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "accel/fast/activation_faults.h"
#include "accel/fast/isa.h"
#include "models/graph.h"
#include "models/reference.h"

namespace brownout::accel {

namespace fast {
struct Plan;
struct PackedNode;
struct Line;
}  // namespace fast

/// Everything about a network that does not depend on the chip. Immutable, shared by threads.
class FastGraph {
 public:
  class Weights;
  class Workspace;

  /// Throws InputError if `graph` is invalid or this machine cannot run `isa`.
  explicit FastGraph(models::Graph graph, Isa isa = best_isa());
  ~FastGraph();
  FastGraph(FastGraph&&) noexcept;
  FastGraph& operator=(FastGraph&&) noexcept;
  FastGraph(const FastGraph&) = delete;
  FastGraph& operator=(const FastGraph&) = delete;

  [[nodiscard]] const models::Graph& graph() const;

  /// Packs the weights of every convolution as they are read, failing cells applied: one entry per
  /// node in the layout of models::Conv::weights, empty for the other nodes.
  [[nodiscard]] Weights pack(const std::vector<std::vector<std::int8_t>>& per_node_weights) const;
  /// Packs the graph's own weights.
  [[nodiscard]] Weights pack_clean() const;

  /// One image (codes in HWC order) on the calling thread; `logits` as in models::Inference.
  /// `faults` may be null.
  void run(const Weights& weights, const std::uint8_t* input, Workspace& workspace,
           std::vector<std::int32_t>& logits, const ActivationFaults* faults = nullptr) const;

  /// The same, keeping the codes every node leaves, failing cells of its output applied.
  [[nodiscard]] models::Inference run_all(const Weights& weights, const ActivationFaults* faults,
                                          const std::uint8_t* input, Workspace& workspace) const;

 private:
  struct Execution;

  void execute(const Execution& execution, std::vector<std::int32_t>& logits) const;
  [[nodiscard]] const std::uint8_t* read(const Execution& execution, std::size_t node,
                                         std::size_t input) const;
  void run_window(const Execution& execution, std::size_t node, const std::uint8_t* input,
                  std::vector<std::int32_t>& logits) const;
  void run_lookup(const Execution& execution, std::size_t node, const std::uint8_t* first) const;
  void run_node(const Execution& execution, std::size_t node,
                std::vector<std::int32_t>& logits) const;

  std::unique_ptr<const fast::Plan> plan_;
};

/// Packed weights of one network on one chip at one voltage. Immutable, shared by threads.
class FastGraph::Weights {
 public:
  ~Weights();
  Weights(Weights&&) noexcept;
  Weights& operator=(Weights&&) noexcept;
  Weights(const Weights&) = delete;
  Weights& operator=(const Weights&) = delete;

 private:
  friend class FastGraph;
  Weights();
  std::vector<fast::PackedNode> nodes_;
};

/// Scratch buffers of one thread for one network.
class FastGraph::Workspace {
 public:
  explicit Workspace(const FastGraph& graph);
  ~Workspace();
  Workspace(Workspace&&) noexcept;
  Workspace& operator=(Workspace&&) noexcept;
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

 private:
  friend class FastGraph;
  std::vector<fast::Line> arena_;  ///< all tensors, borders filled with their zero points
  std::vector<fast::Line> views_;  ///< two tensors as read through failing cells
};

}  // namespace brownout::accel
