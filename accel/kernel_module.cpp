// SPDX-License-Identifier: Apache-2.0
#include "accel/kernel_module.h"

#include <cstddef>
#include <memory>

#include "sim/core/error.h"

// libsystemc refers to it; Brownout starts the kernel from its own main instead.
extern "C" int sc_main(int /*argc*/, char** /*argv*/) { return 0; }

#ifdef __SANITIZE_ADDRESS__
// libsystemc tells AddressSanitizer which process's stack it switches to, but after the last one
// not that it is back on the program's own: an exception thrown there later was reported as an
// overflow. These take the place of the sanitizer's functions, which then knows one stack only.
extern "C" void __sanitizer_start_switch_fiber(void** /*fake*/, const void* /*bottom*/,
                                               std::size_t /*size*/) {}
extern "C" void __sanitizer_finish_switch_fiber(void* /*fake*/, const void** /*bottom*/,
                                                std::size_t* /*size*/) {}
#endif

namespace brownout::accel {

KernelScope::KernelScope() : previous_(sc_core::sc_curr_simcontext) {
  sc_core::sc_curr_simcontext = std::make_unique<sc_core::sc_simcontext>().release();
}

KernelScope::~KernelScope() {
  const std::unique_ptr<sc_core::sc_simcontext> mine(sc_core::sc_curr_simcontext);
  sc_core::sc_curr_simcontext = previous_;
}

}  // namespace brownout::accel
