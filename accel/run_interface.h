// SPDX-License-Identifier: Apache-2.0
// How the accelerator is started and watched (layer 3): by the host's registers or by the engine.
#pragma once

#include <systemc>

#include "accel/placement.h"
#include "accel/run_end.h"
#include "sim/core/units.h"

namespace brownout::accel {

class RunInterface : public sc_core::sc_interface {
 public:
  /// Starts the program at the next clock edge; returns at once. Throws SimulationError while busy.
  virtual void start(const Placement& placement) = 0;
  /// Ends a run before its next step; returns at once.
  virtual void stop() = 0;
  /// Of the present run so far, or of the last one.
  [[nodiscard]] virtual Cycles cycles() const = 0;
};

/// Told in the sequencer's process; must not wait.
class RunListener : public sc_core::sc_interface {
 public:
  virtual void run_started() = 0;
  virtual void run_ended(const RunEnd& end) = 0;
};

}  // namespace brownout::accel
