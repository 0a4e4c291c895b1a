// SPDX-License-Identifier: Apache-2.0
#include "fuse/train/eopm.h"

#include "models/train/tensors.h"

namespace brownout::fuse {
namespace {

struct Pass {
  double loss = 0;
  double accuracy = 0;
};

/// Forward and backward through one model; `weight` of its loss in the whole.
Pass pass(const DifferentiableGraph& graph, const DifferentiableGraph::Weights& weights,
          const torch::Tensor& fused, const torch::Tensor& labels, double weight) {
  const torch::Tensor logits = graph.forward(graph.preprocessed(fused), weights);
  const torch::Tensor loss = torch::nn::functional::cross_entropy(logits, labels);
  (loss * weight).backward();
  return {loss.item<double>(), static_cast<double>(models::count_correct(logits.detach(), labels)) /
                                   static_cast<double>(labels.size(0))};
}

/// The images of chip `index` of `count`.
torch::Tensor chunk(const torch::Tensor& batch, std::size_t index, std::size_t count) {
  const auto size = static_cast<std::size_t>(batch.size(0));
  return batch.slice(0, static_cast<std::int64_t>(index * size / count),
                     static_cast<std::int64_t>((index + 1) * size / count));
}

/// Mean over the chips; each weighs the same, or by its share of images where they share a batch.
Pass perturbed_pass(const PerturbedModels& model, const torch::Tensor& fused,
                    const torch::Tensor& labels, const StepOptions& options, double weight) {
  Pass sum;
  const std::size_t count = model.perturbed.size();
  for (std::size_t i = 0; i < count; ++i) {
    const bool chunked = options.sharing == ChipSharing::kChunk;
    const torch::Tensor images = chunked ? chunk(fused, i, count) : fused;
    const torch::Tensor wanted = chunked ? chunk(labels, i, count) : labels;
    if (wanted.size(0) == 0) continue;
    const double share =
        chunked ? static_cast<double>(wanted.size(0)) / static_cast<double>(labels.size(0))
                : 1.0 / static_cast<double>(count);
    const Pass one = pass(model.graph, model.perturbed[i], images, wanted, weight * share);
    sum.loss += one.loss * share;
    sum.accuracy += one.accuracy * share;
  }
  return sum;
}

}  // namespace

StepResult eopm_step(InputTransform& transform, const std::vector<PerturbedModels>& models,
                     const torch::Tensor& bytes, const torch::Tensor& labels,
                     const StepOptions& options) {
  const torch::Tensor fused = transform.forward(bytes, options.bfloat16);
  const torch::Tensor at_fused = fused.detach().requires_grad_();
  StepResult result;
  const double share = 1.0 / static_cast<double>(models.size());
  for (const PerturbedModels& model : models) {
    const Pass clean = pass(model.graph, model.clean, at_fused, labels, share);
    const Pass perturbed = perturbed_pass(model, at_fused, labels, options, share * options.lambda);
    result.clean_loss += share * clean.loss;
    result.clean_accuracy += share * clean.accuracy;
    result.perturbed_loss += share * perturbed.loss;
    result.perturbed_accuracy += share * perturbed.accuracy;
  }
  fused.backward(at_fused.grad());
  return result;
}

}  // namespace brownout::fuse
