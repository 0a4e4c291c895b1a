// SPDX-License-Identifier: Apache-2.0
#include "accel/dram_module.h"

#include <utility>

#include "accel/dram_events.h"
#include "sim/core/error.h"

namespace brownout::accel {

DramModule::DramModule(sc_core::sc_module_name name, memory::Dram dram)
    : sc_module(name), dram_(std::move(dram)) {
  socket.register_b_transport(this, &DramModule::transport);
  socket.register_transport_dbg(this, &DramModule::debug);
}

void DramModule::access(tlm::tlm_generic_payload& payload) {
  const std::uint64_t bytes = payload.get_data_length();
  if (payload.get_byte_enable_ptr() != nullptr) {
    payload.set_response_status(tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    return;
  }
  if (payload.get_streaming_width() < bytes) {
    payload.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
    return;
  }
  try {
    if (payload.is_read()) {
      dram_.read(payload.get_address(), payload.get_data_ptr(), bytes);
    } else if (payload.is_write()) {
      dram_.write(payload.get_address(), payload.get_data_ptr(), bytes);
    }
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  } catch (const SimulationError&) {
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
  }
}

void DramModule::transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  access(payload);
  if (payload.is_response_error()) return;
  const sc_core::sc_time picosecond(1, sc_core::SC_PS);
  const sc_core::sc_time& now = sc_core::sc_time_stamp();
  const memory::DramCounts before = dram_.counts();
  const Picoseconds done =
      dram_.occupy(Picoseconds((now + delay) / picosecond), payload.get_address(),
                   payload.get_data_length(), payload.is_read());
  delay = done.count() * picosecond - now;
  if (auto* events = payload.get_extension<DramEvents>()) {
    events->counts += dram_.counts() - before;
  }
}

unsigned DramModule::debug(tlm::tlm_generic_payload& payload) {
  access(payload);
  return payload.is_response_ok() ? payload.get_data_length() : 0;
}

}  // namespace brownout::accel
