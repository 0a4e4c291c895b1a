// SPDX-License-Identifier: Apache-2.0
#include "fuse/train/eopm.h"

#include "models/train/tensors.h"

namespace brownout::fuse {
namespace {

struct Pass {
  double loss = 0;
  double accuracy = 0;
};

/// The images with which a step meets one of its networks.
struct Images {
  torch::Tensor fused;
  torch::Tensor labels;
};

/// How much a model's loss weighs in the whole, and what its logits are divided by.
struct Share {
  double weight = 1;
  double temperature = 1;
};

/// Forward and backward through one model.
Pass pass(const DifferentiableGraph& graph, const DifferentiableGraph::Weights& weights,
          const Images& images, const Share& share) {
  const auto& [fused, labels] = images;
  const torch::Tensor logits = graph.forward(graph.preprocessed(fused), weights);
  const torch::Tensor loss =
      torch::nn::functional::cross_entropy(logits / share.temperature, labels);
  (loss * share.weight).backward();
  return {loss.item<double>(), static_cast<double>(models::count_correct(logits.detach(), labels)) /
                                   static_cast<double>(labels.size(0))};
}

/// Part `index` of the batch cut into `count`.
torch::Tensor part(const torch::Tensor& batch, std::size_t index, std::size_t count) {
  const auto size = static_cast<std::size_t>(batch.size(0));
  return batch.slice(0, static_cast<std::int64_t>(index * size / count),
                     static_cast<std::int64_t>((index + 1) * size / count));
}

/// Those of the clean network first, then of each chip.
std::vector<Images> images_of(const torch::Tensor& fused, const torch::Tensor& labels,
                              std::size_t chips, ChipSharing sharing) {
  std::vector<Images> images(1 + chips, {fused, labels});
  if (sharing == ChipSharing::kStep) return images;
  const std::size_t first = sharing == ChipSharing::kDeal ? 0 : 1;
  const std::size_t parts = images.size() - first;
  for (std::size_t i = 0; i < parts; ++i) {
    images[first + i] = {part(fused, i, parts), part(labels, i, parts)};
  }
  return images;
}

/// Mean over the chips; each weighs the same, or by its share of images where they share a batch.
Pass perturbed_pass(const PerturbedModels& model, const std::vector<Images>& images,
                    const Share& whole) {
  double count = 0;
  for (std::size_t i = 1; i < images.size(); ++i) {
    count += static_cast<double>(images[i].labels.size(0));
  }
  Pass sum;
  for (std::size_t i = 1; i < images.size(); ++i) {
    if (images[i].labels.size(0) == 0) continue;
    const double share = static_cast<double>(images[i].labels.size(0)) / count;
    const Pass one = pass(model.graph, model.perturbed[i - 1], images[i],
                          {whole.weight * share, whole.temperature});
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
    const auto images = images_of(at_fused, labels, model.perturbed.size(), options.sharing);
    const Pass clean =
        pass(model.graph, model.clean, images.front(), {share, options.clean_temperature});
    const Pass perturbed =
        perturbed_pass(model, images, {share * options.lambda, options.temperature});
    result.clean_loss += share * clean.loss;
    result.clean_accuracy += share * clean.accuracy;
    result.perturbed_loss += share * perturbed.loss;
    result.perturbed_accuracy += share * perturbed.accuracy;
  }
  fused.backward(at_fused.grad());
  return result;
}

}  // namespace brownout::fuse
