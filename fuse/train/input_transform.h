// SPDX-License-Identifier: Apache-2.0
// F(x) = clip(x + G(x)) while G learns (layer 4): a generator of the zoo, or one image for all
// inputs. README.md says what x is.
#pragma once

#include <torch/torch.h>

#include <memory>
#include <optional>

#include "fuse/train/fuse_config.h"
#include "fuse/train/image_coding.h"
#include "models/train/trainable_network.h"

namespace brownout::fuse {

/// Image codes (float32, NCHW) of images as bytes.
[[nodiscard]] torch::Tensor to_image_codes(const torch::Tensor& bytes, const ImageCoding& coding);
/// x of image codes.
[[nodiscard]] torch::Tensor to_generator_input(const torch::Tensor& codes);

/// The layers down to the smallest image of `generator`, then an average and a linear layer: what
/// pre-training trains. Layers keep their names.
[[nodiscard]] models::Architecture encoder_classifier(const models::Architecture& generator,
                                                      int classes);

/// Parameters and statistics of `from` into those of `to` that have the same names.
void copy_state(torch::nn::Module& to, const torch::nn::Module& from);

class InputTransform : public torch::nn::Module {
 public:
  /// For images of shape `input`, coded as `coding` says; weights from libtorch's generator.
  InputTransform(const GeneratorConfig& config, const models::Shape& input, ImageCoding coding,
                 const std::optional<models::QuantizeConfig>& rounding);

  /// F, in the unit of bytes (float32, NCHW), of images as bytes; G in bfloat16 on request. In
  /// training mode batch norm follows the batch.
  torch::Tensor forward(const torch::Tensor& bytes, bool bfloat16);

  /// Takes over the layers of the same names.
  void adopt_encoder(const models::TrainableNetwork& pretrained);

  /// Goes on from a trained generator; `bytes` are images of the training set. One that reads
  /// images as other numbers than this network's generators gets the batch norm of its own
  /// numbers; training, where batch norm follows the batch, so begins near the function it was.
  /// Throws InputError when it is of another kind.
  void adopt(const models::Graph& trained, const torch::Tensor& bytes);

  /// None for one image for all inputs.
  [[nodiscard]] const models::TrainableNetwork* generator() const { return generator_.get(); }
  /// G as it is in evaluation mode; name and preprocessing empty.
  [[nodiscard]] models::FloatNetwork exported() const;
  [[nodiscard]] const ImageCoding& coding() const { return coding_; }

 private:
  std::shared_ptr<models::TrainableNetwork> generator_;  // as libtorch's modules own each other
  torch::Tensor image_;  ///< [C][H][W] in x; undefined with a generator
  ImageCoding coding_;
};

}  // namespace brownout::fuse
