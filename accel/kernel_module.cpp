// SPDX-License-Identifier: Apache-2.0
#include "accel/kernel_module.h"

#include <memory>

#include "sim/core/error.h"

// libsystemc refers to it; Brownout starts the kernel from its own main instead.
extern "C" int sc_main(int /*argc*/, char** /*argv*/) { return 0; }

namespace brownout::accel {

KernelScope::KernelScope() : previous_(sc_core::sc_curr_simcontext) {
  sc_core::sc_curr_simcontext = std::make_unique<sc_core::sc_simcontext>().release();
}

KernelScope::~KernelScope() {
  const std::unique_ptr<sc_core::sc_simcontext> mine(sc_core::sc_curr_simcontext);
  sc_core::sc_curr_simcontext = previous_;
}

}  // namespace brownout::accel
