// SPDX-License-Identifier: Apache-2.0
#include "fuse/train/pretraining.h"

#include <cmath>

#include "models/train/autocast.h"
#include "models/train/schedule.h"
#include "models/train/tensors.h"
#include "sim/core/error.h"

namespace brownout::fuse {
namespace {

namespace functional = torch::nn::functional;

/// Hinton et al., "Distilling the knowledge in a neural network", 2015, at temperature 1.
torch::Tensor distillation_loss(const torch::Tensor& logits, const torch::Tensor& teacher) {
  return -(torch::softmax(teacher, 1) * torch::log_softmax(logits, 1)).sum(1).mean();
}

torch::Tensor logits_of(const FrozenModel& model, const torch::Tensor& bytes) {
  const torch::NoGradGuard no_gradients;
  return model.graph().forward(model.graph().preprocessed(bytes), model.clean());
}

}  // namespace

Pretraining::Pretraining(const models::Architecture& generator, int classes,
                         const TrainFuseConfig& config, const ImageCoding& coding)
    : coding_(coding),
      distil_(config.pretraining.kind == PretrainingConfig::Kind::kDistillation),
      bfloat16_(models::uses_bfloat16(config.optimization.precision)),
      encoder_(encoder_classifier(generator, classes), rounding(config)),
      optimizer_(encoder_.parameters(),
                 torch::optim::AdamOptions(config.optimization.learning_rate)) {}

StepResult Pretraining::step(const torch::Tensor& bytes, const torch::Tensor& labels,
                             const FrozenModel& teacher) {
  encoder_.train();
  optimizer_.zero_grad();
  torch::Tensor logits;
  {
    const models::Bfloat16Scope scope(bfloat16_);
    logits =
        encoder_.forward(to_generator_input(to_image_codes(bytes, coding_))).to(torch::kFloat32);
  }
  const torch::Tensor loss = distil_ ? distillation_loss(logits, logits_of(teacher, bytes))
                                     : functional::cross_entropy(logits, labels);
  loss.backward();
  optimizer_.step();
  StepResult result;
  result.clean_loss = loss.item<double>();
  if (!std::isfinite(result.clean_loss)) {
    throw SimulationError("pre-training diverged: try a lower learning_rate");
  }
  result.clean_accuracy = static_cast<double>(models::count_correct(logits.detach(), labels)) /
                          static_cast<double>(labels.size(0));
  return result;
}

void Pretraining::save(torch::serialize::OutputArchive& archive) const {
  torch::serialize::OutputArchive weights;
  torch::serialize::OutputArchive updates;
  encoder_.save(weights);
  optimizer_.save(updates);
  archive.write("encoder", weights);
  archive.write("optimizer", updates);
}

void Pretraining::load(torch::serialize::InputArchive& archive) {
  torch::serialize::InputArchive weights;
  torch::serialize::InputArchive updates;
  archive.read("encoder", weights);
  archive.read("optimizer", updates);
  encoder_.load(weights);
  optimizer_.load(updates);
}

}  // namespace brownout::fuse
