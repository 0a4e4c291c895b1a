// SPDX-License-Identifier: Apache-2.0
// Convolutions and products in bfloat16 for a while (layer 2).
#pragma once

#include <ATen/autocast_mode.h>

namespace brownout::models {

/// In scope, libtorch picks the operators that run in bfloat16; weights stay float32.
class Bfloat16Scope {
 public:
  explicit Bfloat16Scope(bool enabled) : enabled_(enabled) {
    if (!enabled_) return;
    at::autocast::set_autocast_cpu_dtype(at::kBFloat16);
    at::autocast::set_cpu_enabled(true);
  }
  ~Bfloat16Scope() {
    if (!enabled_) return;
    at::autocast::set_cpu_enabled(false);
    at::autocast::clear_cache();  // the cast copies of the weights are stale after an update
  }
  Bfloat16Scope(const Bfloat16Scope&) = delete;
  Bfloat16Scope& operator=(const Bfloat16Scope&) = delete;
  Bfloat16Scope(Bfloat16Scope&&) = delete;
  Bfloat16Scope& operator=(Bfloat16Scope&&) = delete;

 private:
  bool enabled_;
};

}  // namespace brownout::models
