// SPDX-License-Identifier: Apache-2.0
#include "fuse/train/held_out.h"

#include <algorithm>

#include "models/train/schedule.h"
#include "models/train/tensors.h"

namespace brownout::fuse {

models::Dataset images_between(const models::Dataset& data, std::size_t begin, std::size_t end) {
  models::Dataset result;
  result.name = data.name;
  result.shape = data.shape;
  result.class_names = data.class_names;
  const std::size_t size = data.shape.elements();
  const auto at = [](std::size_t i) { return static_cast<std::ptrdiff_t>(i); };
  result.pixels.assign(data.pixels.begin() + at(begin * size),
                       data.pixels.begin() + at(end * size));
  result.labels.assign(data.labels.begin() + at(begin), data.labels.begin() + at(end));
  return result;
}

HeldOut::HeldOut(const models::Dataset& split, std::size_t first, const TrainFuseConfig& config,
                 const FrozenModel& base)
    : config_(config), base_(base), images_(images_between(split, first, split.size())) {}

Accuracies HeldOut::accuracies(InputTransform* transform) {
  constexpr std::size_t kChunk = 250;
  const torch::NoGradGuard no_gradients;
  for (int i = static_cast<int>(chips_.size()); i < config_.held_out.chips; ++i) {
    const std::uint64_t number = config_.held_out.first_chip + 2 * static_cast<std::uint64_t>(i);
    chips_.push_back(
        base_.read_by(config_.faults.known_chip.value_or(number), lowest_voltage(config_)));
  }
  if (transform != nullptr) transform->eval();
  std::int64_t clean = 0;
  std::int64_t perturbed = 0;
  for (std::size_t begin = 0; begin < images_.size(); begin += kChunk) {
    const models::Dataset some =
        images_between(images_, begin, std::min(begin + kChunk, images_.size()));
    torch::Tensor bytes = models::byte_batch(some.pixels, some.shape);
    if (transform != nullptr) {
      bytes = transform->forward(bytes, models::uses_bfloat16(config_.optimization.precision));
    }
    const torch::Tensor input = base_.graph().preprocessed(bytes);
    const torch::Tensor labels = models::to_labels({some.labels.begin(), some.labels.end()});
    clean += models::count_correct(base_.graph().forward(input, base_.clean()), labels);
    for (const auto& weights : chips_) {
      perturbed += models::count_correct(base_.graph().forward(input, weights), labels);
    }
  }
  const auto images = static_cast<double>(images_.size());
  return {static_cast<double>(clean) / images,
          static_cast<double>(perturbed) / images / static_cast<double>(chips_.size())};
}

}  // namespace brownout::fuse
