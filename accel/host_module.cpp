// SPDX-License-Identifier: Apache-2.0
#include "accel/host_module.h"

#include <algorithm>
#include <cstring>

namespace brownout::accel {
namespace {

tlm::tlm_response_status response(HostRegisters::Access access) {
  switch (access) {
    case HostRegisters::Access::kOk:
      return tlm::TLM_OK_RESPONSE;
    case HostRegisters::Access::kUnmapped:
      return tlm::TLM_ADDRESS_ERROR_RESPONSE;
    case HostRegisters::Access::kReadOnly:
      return tlm::TLM_COMMAND_ERROR_RESPONSE;
    case HostRegisters::Access::kBusy:
      break;
  }
  return tlm::TLM_GENERIC_ERROR_RESPONSE;
}

}  // namespace

HostModule::HostModule(sc_core::sc_module_name name, const HostRegisters::Facts& facts,
                       ClockPeriod period)
    : sc_module(name), registers_(facts), period_(period) {
  socket.register_b_transport(this, &HostModule::transport);
  socket.register_transport_dbg(this, &HostModule::debug);
  socket.register_get_direct_mem_ptr(this, &HostModule::deny_dmi);
  // The line has one driver, whichever process changes the registers.
  SC_METHOD(drive_irq);
  sensitive << irq_changed_;
}

void HostModule::run_ended(const RunEnd& end) {
  registers_.run_ended(end);
  irq_changed_.notify(sc_core::SC_ZERO_TIME);
}

void HostModule::transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  if (delay > sc_core::SC_ZERO_TIME) {
    wait(delay);
    delay = sc_core::SC_ZERO_TIME;
  }
  payload.set_dmi_allowed(false);
  payload.set_response_status(access(payload));
  if (payload.is_response_ok()) obey();
  delay += period_.of(Cycles(1));
}

tlm::tlm_response_status HostModule::access(tlm::tlm_generic_payload& payload) {
  if (payload.get_byte_enable_ptr() != nullptr) return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
  std::uint32_t value = 0;
  if (payload.get_data_length() != sizeof value || payload.get_streaming_width() < sizeof value) {
    return tlm::TLM_BURST_ERROR_RESPONSE;
  }
  const std::uint64_t offset = payload.get_address();
  registers_.set_cycles(accelerator->cycles());
  if (payload.is_write()) {
    // A word on the bus has the host's byte order (TLM-2.0, generic payload, endianness).
    std::memcpy(&value, payload.get_data_ptr(), sizeof value);
    return response(registers_.write(offset, value));
  }
  if (payload.is_read()) {
    const HostRegisters::Access result = registers_.read(offset, value);
    if (result == HostRegisters::Access::kOk) {
      std::memcpy(payload.get_data_ptr(), &value, sizeof value);
    }
    return response(result);
  }
  const bool mapped = offset % sizeof value == 0 && offset < HostRegisters::kMapBytes;
  return response(mapped ? HostRegisters::Access::kOk : HostRegisters::Access::kUnmapped);
}

void HostModule::obey() {
  switch (registers_.take_command()) {
    case HostRegisters::Command::kStart:
      accelerator->start(registers_.placement());
      break;
    case HostRegisters::Command::kReset:
      accelerator->stop();
      break;
    case HostRegisters::Command::kNone:
      break;
  }
  irq_changed_.notify(sc_core::SC_ZERO_TIME);
}

unsigned HostModule::debug(tlm::tlm_generic_payload& payload) {
  const std::uint64_t first = payload.get_address();
  if (!payload.is_read() || first >= HostRegisters::kMapBytes) return 0;
  registers_.set_cycles(accelerator->cycles());
  const auto bytes = static_cast<unsigned>(
      std::min<std::uint64_t>(payload.get_data_length(), HostRegisters::kMapBytes - first));
  for (unsigned i = 0; i < bytes; ++i) {
    const auto offset = static_cast<std::uint32_t>(first + i);
    const std::uint32_t value = registers_.peek(offset / 4 * 4);
    std::memcpy(payload.get_data_ptr() + i,
                reinterpret_cast<const unsigned char*>(&value) + offset % 4, 1);
  }
  return bytes;
}

bool HostModule::deny_dmi(tlm::tlm_generic_payload& /*payload*/, tlm::tlm_dmi& dmi) {
  dmi.set_start_address(0);
  dmi.set_end_address(~sc_dt::uint64{0});
  dmi.allow_read_write();
  return false;
}

}  // namespace brownout::accel
