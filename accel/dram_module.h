// SPDX-License-Identifier: Apache-2.0
// SystemC shell of the off-chip memory (layer 3): a TLM-2.0 target any initiator can be bound to.
#pragma once

#include <tlm_utils/simple_target_socket.h>
#include <systemc>
#include <tlm>

#include "memory/dram.h"

namespace brownout::accel {

class DramModule : public sc_core::sc_module {
 public:
  DramModule(sc_core::sc_module_name name, memory::Dram dram);

  tlm_utils::simple_target_socket<DramModule> socket{"socket"};

  /// Contents without time, for the host before and after a run.
  [[nodiscard]] memory::Dram& contents() { return dram_; }

 private:
  /// Annotates when the transfer is done; does not wait. A DramEvents extension is told what the
  /// banks did.
  void transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned debug(tlm::tlm_generic_payload& payload);
  void access(tlm::tlm_generic_payload& payload);

  memory::Dram dram_;
};

}  // namespace brownout::accel
