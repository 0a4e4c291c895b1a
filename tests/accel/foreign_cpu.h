// SPDX-License-Identifier: Apache-2.0
// Somebody else's processor: written against the TLM-2.0 standard only, nothing of ours included.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <systemc>
#include <tlm>
#include <utility>
#include <vector>

namespace foreign {

/// Runs `software` once; every access must be answered with TLM_OK_RESPONSE.
class Cpu : public sc_core::sc_module, public tlm::tlm_bw_transport_if<> {
 public:
  Cpu(sc_core::sc_module_name name, std::function<void(Cpu&)> software)
      : sc_module(name), software_(std::move(software)) {
    socket.bind(*this);
    SC_THREAD(run);
  }

  tlm::tlm_initiator_socket<32> socket{"socket"};
  sc_core::sc_in<bool> irq{"irq"};

  void write(std::uint64_t address, const std::vector<std::uint8_t>& bytes) {
    buffer_ = bytes;
    access(tlm::TLM_WRITE_COMMAND, address);
  }
  std::vector<std::uint8_t> read(std::uint64_t address, std::size_t bytes) {
    buffer_.assign(bytes, 0);
    access(tlm::TLM_READ_COMMAND, address);
    return buffer_;
  }
  /// Registers in the byte order of this machine, as the standard has it.
  void write_register(std::uint64_t address, std::uint32_t value) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(&value);
    write(address, {bytes, bytes + sizeof value});
  }
  std::uint32_t read_register(std::uint64_t address) {
    std::uint32_t value = 0;
    const std::vector<std::uint8_t> bytes = read(address, sizeof value);
    std::copy(bytes.begin(), bytes.end(), reinterpret_cast<std::uint8_t*>(&value));
    return value;
  }
  void write_register_pair(std::uint64_t address, std::uint64_t value) {
    write_register(address, static_cast<std::uint32_t>(value));
    write_register(address + 4, static_cast<std::uint32_t>(value >> 32));
  }
  std::uint64_t read_register_pair(std::uint64_t address) {
    const std::uint64_t low = read_register(address);
    return low | static_cast<std::uint64_t>(read_register(address + 4)) << 32;
  }

  void wait_for_interrupt() {
    while (!irq.read()) wait(irq.posedge_event());
  }
  void pause(const sc_core::sc_time& time) { wait(time); }

  [[nodiscard]] bool finished() const { return finished_; }

  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& /*payload*/,
                                     tlm::tlm_phase& /*phase*/,
                                     sc_core::sc_time& /*delay*/) override {
    return tlm::TLM_COMPLETED;
  }
  void invalidate_direct_mem_ptr(sc_dt::uint64 /*first*/, sc_dt::uint64 /*last*/) override {}

 private:
  SC_HAS_PROCESS(Cpu);

  void run() {
    software_(*this);
    finished_ = true;
  }

  void access(tlm::tlm_command command, std::uint64_t address) {
    tlm::tlm_generic_payload payload;
    payload.set_command(command);
    payload.set_address(address);
    payload.set_data_ptr(buffer_.data());
    payload.set_data_length(static_cast<unsigned>(buffer_.size()));
    payload.set_streaming_width(static_cast<unsigned>(buffer_.size()));
    sc_core::sc_time delay;
    socket->b_transport(payload, delay);
    wait(delay);
    if (!payload.is_response_ok()) throw std::runtime_error(payload.get_response_string());
  }

  std::function<void(Cpu&)> software_;
  std::vector<std::uint8_t> buffer_;
  bool finished_ = false;
};

}  // namespace foreign
