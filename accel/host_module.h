// SPDX-License-Identifier: Apache-2.0
// SystemC shell of the host's registers (layer 3): a TLM-2.0 target and an interrupt line.
//
// Loosely timed: an access takes effect when the initiator's local time has been waited for, and
// annotates one clock cycle. Responses, in the order they are checked:
//   byte enables                                      TLM_BYTE_ENABLE_ERROR_RESPONSE
//   other than 4 bytes, or a smaller streaming width  TLM_BURST_ERROR_RESPONSE
//   not at a register of 32 bits                      TLM_ADDRESS_ERROR_RESPONSE
//   TLM_IGNORE_COMMAND                                TLM_OK_RESPONSE, nothing done
//   write to a read-only register                     TLM_COMMAND_ERROR_RESPONSE
//   write refused while busy                          TLM_GENERIC_ERROR_RESPONSE
// DMI is denied for the whole map: reads and writes have effects. Debug transport reads any bytes
// of the map without effect and writes nothing.
#pragma once

#include <tlm_utils/simple_target_socket.h>
#include <systemc>
#include <tlm>

#include "accel/clock_module.h"
#include "accel/host_registers.h"
#include "accel/run_interface.h"

namespace brownout::accel {

class HostModule : public sc_core::sc_module, public RunListener {
 public:
  HostModule(sc_core::sc_module_name name, const HostRegisters::Facts& facts, ClockPeriod period);

  /// May stay unbound: the engine then starts runs.
  tlm_utils::simple_target_socket_optional<HostModule> socket{"socket"};
  sc_core::sc_out<bool> irq{"irq"};
  sc_core::sc_port<RunInterface> accelerator{"accelerator"};

  void run_started() override { registers_.run_started(); }
  void run_ended(const RunEnd& end) override;

 private:
  SC_HAS_PROCESS(HostModule);

  void transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned debug(tlm::tlm_generic_payload& payload);
  bool deny_dmi(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi);
  [[nodiscard]] tlm::tlm_response_status access(tlm::tlm_generic_payload& payload);
  void obey();
  void drive_irq() { irq.write(registers_.interrupt()); }

  HostRegisters registers_;
  ClockPeriod period_;
  sc_core::sc_event irq_changed_;
};

}  // namespace brownout::accel
