// SPDX-License-Identifier: Apache-2.0
// The published data sets by name (layer 2): which files they are, and what their classes mean.
#pragma once

#include "models/data/dataset.h"

namespace brownout::models {

/// Fashion-MNIST (Xiao et al., arXiv:1708.07747), 1 x 28 x 28.
[[nodiscard]] Dataset load_fashion_mnist(const DatasetConfig& config);
/// CIFAR-10 and CIFAR-100 with its 100 fine classes (Krizhevsky, 2009), 3 x 32 x 32.
[[nodiscard]] Dataset load_cifar10(const DatasetConfig& config);
[[nodiscard]] Dataset load_cifar100(const DatasetConfig& config);
/// German Traffic Sign Recognition Benchmark (Stallkamp et al., 2012): 43 classes, whole frames
/// resized to 3 x 32 x 32 and stored as train_32x32.bin and test_32x32.bin in CIFAR-10's layout.
[[nodiscard]] Dataset load_gtsrb(const DatasetConfig& config);

}  // namespace brownout::models
