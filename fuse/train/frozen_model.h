// SPDX-License-Identifier: Apache-2.0
// A network that stays as it is (layer 4): its graph, its chips, and the two put together as
// libtorch differentiates them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fuse/train/chip_source.h"
#include "fuse/train/differentiable_graph.h"
#include "fuse/train/eopm.h"
#include "fuse/train/fuse_config.h"
#include "fuse/train/fuse_schedule.h"
#include "sim/core/thread_pool.h"

namespace brownout::fuse {

/// Name, size and check sum of a network's weights.
[[nodiscard]] std::string description(const models::Graph& graph);

/// Throws InputError unless `graph` classifies the images of `data`.
void require_classifies(const models::Graph& graph, const models::Dataset& data);

class FrozenModel {
 public:
  /// `graph` and `config` must outlive it. Throws InputError when the machine cannot run the graph.
  FrozenModel(const models::Graph& graph, const TrainFuseConfig& config);

  /// As these chips read it.
  [[nodiscard]] PerturbedModels perturbed(const StepChips& chips, ThreadPool& pool) const;
  [[nodiscard]] DifferentiableGraph::Weights read_by(std::uint64_t chip, VminRatio voltage) const;

  [[nodiscard]] const DifferentiableGraph& graph() const { return differentiable_; }
  [[nodiscard]] const DifferentiableGraph::Weights& clean() const { return clean_; }

 private:
  ChipSource chips_;
  DifferentiableGraph differentiable_;
  DifferentiableGraph::Weights clean_;
};

}  // namespace brownout::fuse
