// SPDX-License-Identifier: Apache-2.0
// The SystemC kernel's lifetime (layer 3).
#pragma once

#include <systemc>

namespace brownout::accel {

/// A fresh SystemC kernel, current while it lives: every simulation starts at time zero with
/// nothing left of the one before. The kernel is global to the process, so only one may exist.
class KernelScope {
 public:
  KernelScope();
  ~KernelScope();
  KernelScope(const KernelScope&) = delete;
  KernelScope& operator=(const KernelScope&) = delete;

 private:
  sc_core::sc_simcontext* previous_;
};

}  // namespace brownout::accel
