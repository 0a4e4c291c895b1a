// SPDX-License-Identifier: Apache-2.0
#include "fuse/train/input_transform.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "fuse/train/differentiable_ops.h"
#include "fuse/train/universal_image.h"
#include "models/train/autocast.h"
#include "models/train/tensors.h"
#include "models/zoo/zoo.h"
#include "sim/core/error.h"

namespace brownout::fuse {
namespace {

/// Up to the rounding of a file's float32.
bool alike(const models::Preprocessing& a, const models::Preprocessing& b) {
  constexpr double kRounding = 1e-6;
  const auto near = [](double x, double y) { return std::fabs(x - y) < kRounding; };
  return std::equal(a.mean.begin(), a.mean.end(), b.mean.begin(), b.mean.end(), near) &&
         std::equal(a.deviation.begin(), a.deviation.end(), b.deviation.begin(), b.deviation.end(),
                    near);
}

}  // namespace

torch::Tensor to_image_codes(const torch::Tensor& bytes, const ImageCoding& coding) {
  return (bytes * models::per_channel(coding.factor) + models::per_channel(coding.offset))
      .round()  // halves to even, as models::InputEncoder
      .clamp(0, 255);
}

torch::Tensor to_generator_input(const torch::Tensor& codes) {
  return (codes - kMiddleCode) / kCodesPerUnit;
}

models::Architecture encoder_classifier(const models::Architecture& generator, int classes) {
  const auto& layers = generator.layers();
  std::size_t smallest = 0;
  for (std::size_t tensor = 0; tensor <= layers.size(); ++tensor) {
    if (generator.shape(tensor).height <= generator.shape(smallest).height) smallest = tensor;
  }
  models::Architecture result(generator.name() + "_encoder", generator.shape(0));
  for (std::size_t i = 0; i < smallest; ++i)
    result.add(layers[i].name, layers[i].kind, layers[i].inputs);
  const std::size_t average =
      result.add("pretraining_average", models::GlobalAverageLayer{}, {smallest});
  result.add("pretraining_classifier", models::LinearLayer{classes}, {average});
  return result;
}

void copy_state(torch::nn::Module& to, const torch::nn::Module& from) {
  const torch::NoGradGuard no_gradients;
  const auto copy = [](auto targets, const auto& sources) {
    for (auto& item : targets) {
      if (const auto* found = sources.find(item.key())) item.value().copy_(*found);
    }
  };
  copy(to.named_parameters(), from.named_parameters());
  copy(to.named_buffers(), from.named_buffers());
}

InputTransform::InputTransform(const GeneratorConfig& config, const models::Shape& input,
                               ImageCoding coding,
                               const std::optional<models::QuantizeConfig>& rounding)
    : coding_(std::move(coding)) {
  if (config.zoo.empty()) {
    image_ = register_parameter("image", torch::zeros({input.channels, input.height, input.width}));
    return;
  }
  generator_ =
      register_module("generator", std::make_shared<models::TrainableNetwork>(
                                       models::make_architecture({config.zoo, input}), rounding));
  if (config.output_gain != 1) generator_->scale_output(config.output_gain);
}

torch::Tensor InputTransform::forward(const torch::Tensor& bytes, bool bfloat16) {
  const torch::Tensor codes = to_image_codes(bytes, coding_);
  torch::Tensor added = image_;
  if (generator_) {
    const models::Bfloat16Scope scope(bfloat16);
    added = generator_->forward(to_generator_input(codes)).to(torch::kFloat32);
  }
  const torch::Tensor fused =
      to_codes(codes + added * kCodesPerUnit, {1, coding_.lowest, coding_.highest}, true);
  return (fused - models::per_channel(coding_.offset)) / models::per_channel(coding_.factor);
}

void InputTransform::adopt_encoder(const models::TrainableNetwork& pretrained) {
  if (generator_) copy_state(*generator_, pretrained);
}

models::FloatNetwork InputTransform::exported() const {
  if (generator_) return generator_->exported();
  const torch::Tensor flat = image_.detach().contiguous();
  const float* values = flat.data_ptr<float>();
  return universal_generator({values, values + flat.numel()},
                             {static_cast<int>(image_.size(0)), static_cast<int>(image_.size(1)),
                              static_cast<int>(image_.size(2))});
}

void InputTransform::adopt(const models::Graph& trained, const torch::Tensor& bytes) {
  const models::Preprocessing& read = trained.preprocessing;
  if (alike(read, coding_.preprocessing)) {
    generator_->adopt(trained, to_generator_input(to_image_codes(bytes, coding_)));
    return;
  }
  if (read.mean.size() != coding_.factor.size()) {
    throw InputError(fmt::format("generator '{}': found images of {} channels, allowed: {}",
                                 trained.name, read.mean.size(), coding_.factor.size()));
  }
  generator_->adopt(trained, (bytes / 255 - models::per_channel(read.mean)) /
                                 models::per_channel(read.deviation));
}

}  // namespace brownout::fuse
