// SPDX-License-Identifier: Apache-2.0
#include "models/train/subpixel_convolution.h"

#include <gtest/gtest.h>

#include "sim/core/error.h"

namespace brownout::models {
namespace {

struct Case {
  std::int64_t kernel, stride, padding, inputs, outputs;
  bool bias;
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << "kernel " << c.kernel << ", stride " << c.stride << ", padding " << c.padding;
}

class SubpixelConvolutionTest : public ::testing::TestWithParam<Case> {};

TEST_P(SubpixelConvolutionTest, ValuesAndGradientsAreThoseOfLibtorchsTransposedConvolution) {
  const Case& c = GetParam();
  torch::manual_seed(5);
  const torch::Tensor input = torch::randn({2, c.inputs, 5, 6}).requires_grad_();
  const torch::Tensor weights =
      torch::randn({c.inputs, c.outputs, c.kernel, c.kernel}).requires_grad_();
  const torch::Tensor bias = c.bias ? torch::randn({c.outputs}).requires_grad_() : torch::Tensor();
  const torch::Tensor ours = subpixel_conv_transpose2d(input, weights, bias, c.stride, c.padding);
  const torch::Tensor theirs = torch::conv_transpose2d(input, weights, bias, c.stride, c.padding);
  ASSERT_EQ(ours.sizes(), theirs.sizes());
  EXPECT_TRUE(torch::allclose(ours, theirs, 1e-4, 1e-5));

  std::vector<torch::Tensor> learnt = {input, weights};
  if (c.bias) learnt.push_back(bias);
  const torch::Tensor direction = torch::randn_like(ours);
  const auto our_gradients = torch::autograd::grad({(ours * direction).sum()}, learnt);
  const auto their_gradients = torch::autograd::grad({(theirs * direction).sum()}, learnt);
  for (std::size_t i = 0; i < learnt.size(); ++i) {
    EXPECT_TRUE(torch::allclose(our_gradients[i], their_gradients[i], 1e-4, 1e-4)) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Windows, SubpixelConvolutionTest,
                         ::testing::Values(Case{2, 2, 0, 4, 3, true}, Case{4, 2, 1, 3, 5, true},
                                           Case{4, 2, 1, 1, 1, false}, Case{1, 1, 0, 2, 2, true},
                                           Case{3, 1, 1, 2, 3, true}, Case{3, 3, 0, 2, 2, false},
                                           Case{5, 3, 1, 2, 3, true}, Case{6, 2, 2, 3, 2, true},
                                           Case{8, 4, 2, 2, 2, true}));

TEST(SubpixelConvolution, RefusesOtherEnlargements) {
  EXPECT_THROW((void)subpixel_conv_transpose2d(torch::zeros({1, 1, 4, 4}),
                                               torch::zeros({1, 1, 3, 3}), {}, 2, 1),
               SimulationError);
}

}  // namespace
}  // namespace brownout::models
