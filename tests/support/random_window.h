// SPDX-License-Identifier: Apache-2.0
// Random windows that fit their input.
#pragma once

#include "models/graph.h"
#include "tests/support/dice.h"
#include "tests/support/random_graph.h"

namespace brownout::test_support {

/// Kernel, stride, dilation and padding within `limits`; now and then the kernel that covers all
/// of `input`. `wide_padding`: padding may be wider than the kernel reaches, as no pooling allows.
[[nodiscard]] models::Window random_window(Dice& dice, const models::Shape& input,
                                           const RandomGraphLimits& limits, bool wide_padding);

/// The window of a transposed convolution: a spread input, stride mostly 1, padding that may crop.
[[nodiscard]] models::Window random_spread_window(Dice& dice, const models::Shape& input,
                                                  const RandomGraphLimits& limits);

}  // namespace brownout::test_support
