// SPDX-License-Identifier: Apache-2.0
#include "fuse/train/input_transform.h"

#include <utility>
#include <vector>

#include "fuse/train/differentiable_ops.h"
#include "models/train/autocast.h"
#include "models/train/tensors.h"
#include "models/zoo/zoo.h"

namespace brownout::fuse {

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

}  // namespace brownout::fuse
