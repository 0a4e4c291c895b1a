// SPDX-License-Identifier: Apache-2.0
#include "models/train/tensors.h"

#include <algorithm>

namespace brownout::models {

torch::Tensor per_channel(const std::vector<double>& values) {
  const auto options = torch::TensorOptions().dtype(torch::kFloat64);
  return torch::tensor(values, options)
      .to(torch::kFloat32)
      .view({1, static_cast<std::int64_t>(values.size()), 1, 1});
}

torch::Tensor byte_batch(const std::vector<std::uint8_t>& bytes, const Shape& shape) {
  const auto count = static_cast<std::int64_t>(bytes.size() / shape.elements());
  torch::Tensor batch =
      torch::empty({count, shape.channels, shape.height, shape.width}, torch::kUInt8);
  std::copy(bytes.begin(), bytes.end(), batch.data_ptr<std::uint8_t>());
  return batch.to(torch::kFloat32).contiguous(torch::MemoryFormat::ChannelsLast);
}

torch::Tensor to_batch(const std::vector<std::uint8_t>& bytes, const Shape& shape,
                       const Preprocessing& preprocessing) {
  return (byte_batch(bytes, shape) / 255.0 - per_channel(preprocessing.mean)) /
         per_channel(preprocessing.deviation);
}

torch::Tensor to_labels(const std::vector<std::int64_t>& labels) {
  return torch::tensor(labels, torch::TensorOptions().dtype(torch::kInt64));
}

std::int64_t count_correct(const torch::Tensor& logits, const torch::Tensor& labels) {
  return logits.argmax(1).eq(labels).sum().item<std::int64_t>();
}

}  // namespace brownout::models
