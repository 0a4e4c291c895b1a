// SPDX-License-Identifier: Apache-2.0
// What a generator's encoder learns before the generator (layer 4): to tell the classes apart, so
// that the generator can draw what keeps them apart on faulty chips.
#pragma once

#include <torch/torch.h>

#include "fuse/train/eopm.h"
#include "fuse/train/frozen_model.h"
#include "fuse/train/fuse_config.h"
#include "fuse/train/image_coding.h"
#include "models/train/trainable_network.h"

namespace brownout::fuse {

class Pretraining {
 public:
  Pretraining(const models::Architecture& generator, int classes, const TrainFuseConfig& config,
              const ImageCoding& coding);

  /// One step on images as bytes: against labels, or against the logits of `teacher`.
  StepResult step(const torch::Tensor& bytes, const torch::Tensor& labels,
                  const FrozenModel& teacher);

  [[nodiscard]] const models::TrainableNetwork& encoder() const { return encoder_; }

  void save(torch::serialize::OutputArchive& archive) const;
  void load(torch::serialize::InputArchive& archive);

 private:
  ImageCoding coding_;
  bool distil_;
  bool bfloat16_;
  models::TrainableNetwork encoder_;
  torch::optim::Adam optimizer_;
};

}  // namespace brownout::fuse
