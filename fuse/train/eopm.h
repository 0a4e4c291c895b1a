// SPDX-License-Identifier: Apache-2.0
// One step of expectation over perturbed models (layer 4; Sun et al., NeuralFuse, NeurIPS 2024,
// Section 3.3): the loss and its gradient.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <vector>

#include "fuse/train/differentiable_graph.h"
#include "fuse/train/fuse_config.h"
#include "fuse/train/input_transform.h"

namespace brownout::fuse {

/// A network that gives gradients, as the chips of this step read it.
struct PerturbedModels {
  const DifferentiableGraph& graph;
  const DifferentiableGraph::Weights& clean;
  std::vector<DifferentiableGraph::Weights> perturbed;
};

struct StepOptions {
  double lambda = 5;
  double temperature = 1;        ///< the chips' logits are divided by it
  double clean_temperature = 1;  ///< those without faults
  ChipSharing sharing = ChipSharing::kStep;
  bool bfloat16 = false;  ///< of the generator
};

/// Means over the batch, the models and the chips.
struct StepResult {
  double clean_loss = 0;
  double perturbed_loss = 0;
  double clean_accuracy = 0;
  double perturbed_accuracy = 0;
};

/// Adds the gradients of
///   mean over models of (CE(M(F(x)), y) + lambda x mean over chips of CE(M_p(F(x)), y))
/// to the parameters of `transform`, each mean over the images `sharing` gives it, CE of the logits
/// over their temperature. F is computed once and differentiated once; each model's graph lives
/// only until its gradient at F is known, and those gradients add up: the same sums as of one graph
/// for all, in less memory.
StepResult eopm_step(InputTransform& transform, const std::vector<PerturbedModels>& models,
                     const torch::Tensor& bytes, const torch::Tensor& labels,
                     const StepOptions& options);

}  // namespace brownout::fuse
