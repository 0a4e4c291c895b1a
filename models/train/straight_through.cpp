// SPDX-License-Identifier: Apache-2.0
#include "models/train/straight_through.h"

#include <limits>

namespace brownout::models {
namespace {

class StraightThrough : public torch::autograd::Function<StraightThrough> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* /*context*/,
                               const torch::Tensor& weights, std::int64_t bits, bool per_channel) {
    const double levels = static_cast<double>((1 << (bits - 1)) - 1);
    torch::Tensor step = per_channel ? weights.flatten(1).abs().amax(1) : weights.abs().max();
    step = step.div_(levels).clamp_min_(std::numeric_limits<float>::min());  // all-zero weights
    if (per_channel) {
      std::vector<std::int64_t> extents(static_cast<std::size_t>(weights.dim()), 1);
      extents.front() = -1;
      step = step.view(extents);
    }
    return weights.div(step).round_().mul_(step);
  }

  static torch::autograd::tensor_list backward(torch::autograd::AutogradContext* /*context*/,
                                               const torch::autograd::tensor_list& gradients) {
    return {gradients.front(), {}, {}};
  }
};

}  // namespace

torch::Tensor round_weights(const torch::Tensor& weights, const QuantizeConfig& config) {
  return StraightThrough::apply(weights, config.weight_bits, config.per_channel);
}

}  // namespace brownout::models
