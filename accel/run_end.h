// SPDX-License-Identifier: Apache-2.0
// How a run of the accelerator ended (layer 3); what status registers show and the engine checks.
#pragma once

#include <cstdint>
#include <string>

namespace brownout::accel {

enum class RunState {
  kDone,     ///< every store has been written
  kStopped,  ///< the host reset the accelerator; statistics are those of the steps done
  kFailed,
};

/// As the host reads it.
enum class RunError : std::uint32_t {
  kNone = 0,
  kPlacement = 1,  ///< program, input or output would pass the end of the 64-bit address space
  kBus = 2,        ///< a DMA transaction was not answered with TLM_OK_RESPONSE
  kInternal = 3,   ///< a broken invariant of the simulation
};

struct RunEnd {
  RunState state = RunState::kDone;
  RunError error = RunError::kNone;
  std::uint64_t address = 0;  ///< of a bus error
  std::string message;        ///< for people
};

}  // namespace brownout::accel
