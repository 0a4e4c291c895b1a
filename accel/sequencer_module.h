// SPDX-License-Identifier: Apache-2.0
// The sequencer (layer 3): walks the program step by step, waits where data or buffer space are
// late, and says what every cycle was spent on.
#pragma once

#include <systemc>

#include "accel/clock_module.h"
#include "accel/dma_module.h"
#include "accel/run_context.h"
#include "accel/vector_unit_module.h"

namespace brownout::accel {

class SequencerModule : public sc_core::sc_module {
 public:
  SequencerModule(sc_core::sc_module_name name, RunContext context, ClockPeriod period);

  sc_core::sc_port<TransferInterface> transfers{"transfers"};
  sc_core::sc_port<DatapathInterface> array{"array"};
  sc_core::sc_port<DatapathInterface> vector{"vector"};

  [[nodiscard]] bool finished() const { return finished_; }

 private:
  SC_HAS_PROCESS(SequencerModule);

  void run();
  template <class Wait>
  void stall(std::uint32_t layer, Activity reason, Wait wait_for_it);

  RunContext context_;
  ClockPeriod period_;
  bool finished_ = false;
};

}  // namespace brownout::accel
