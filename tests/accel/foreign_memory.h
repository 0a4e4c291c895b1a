// SPDX-License-Identifier: Apache-2.0
// Somebody else's memory: written against the TLM-2.0 standard only, nothing of ours included. It
// also watches that its initiators keep the rules of the generic payload.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <systemc>
#include <tlm>
#include <vector>

namespace foreign {

/// One data bus, in order; a read's data arrive `latency` after their place on it.
struct MemoryTiming {
  bool waits = false;  ///< in b_transport; else annotates
  sc_core::sc_time beat{1, sc_core::SC_NS};
  unsigned bytes_per_beat = 16;
  sc_core::sc_time latency;
};

class Memory : public sc_core::sc_module, public tlm::tlm_fw_transport_if<> {
 public:
  Memory(sc_core::sc_module_name name, std::size_t bytes, const MemoryTiming& timing)
      : sc_module(name), timing_(timing), bytes_(bytes, 0xcd) {
    socket.bind(*this);
  }

  tlm::tlm_target_socket<32, tlm::tlm_base_protocol_types, 0> socket{"socket"};

  /// What was wrong with the payloads so far; empty when nothing.
  [[nodiscard]] const std::string& violations() const { return violations_; }
  [[nodiscard]] std::size_t longest_burst() const { return longest_burst_; }
  /// When transactions arrived, annotated delay included.
  [[nodiscard]] const std::vector<sc_core::sc_time>& arrivals() const { return arrivals_; }

  /// Answers transactions that touch `address` with `status` from now on.
  void refuse(std::uint64_t address, tlm::tlm_response_status status) {
    refused_address_ = address;
    refused_status_ = status;
  }

  /// Bursts must not cross a multiple of `bytes` from now on.
  void forbid_crossing(std::size_t bytes) { boundary_ = bytes; }

  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override {
    check(payload);
    const std::size_t bytes = payload.get_data_length();
    const sc_core::sc_time arrival = sc_core::sc_time_stamp() + delay;
    arrivals_.push_back(arrival);
    const std::size_t beats = (bytes + timing_.bytes_per_beat - 1) / timing_.bytes_per_beat;
    free_ = std::max(free_, arrival) + static_cast<double>(beats) * timing_.beat;
    const sc_core::sc_time done = payload.is_read() ? free_ + timing_.latency : free_;
    if (timing_.waits) {
      wait(done - sc_core::sc_time_stamp());
      delay = sc_core::SC_ZERO_TIME;
    } else {
      delay = done - sc_core::sc_time_stamp();
    }
    payload.set_response_status(serve(payload));
  }

  unsigned transport_dbg(tlm::tlm_generic_payload& payload) override {
    return serve(payload) == tlm::TLM_OK_RESPONSE ? payload.get_data_length() : 0;
  }

  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& /*phase*/,
                                     sc_core::sc_time& /*delay*/) override {
    payload.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
    return tlm::TLM_COMPLETED;
  }

  bool get_direct_mem_ptr(tlm::tlm_generic_payload& /*payload*/, tlm::tlm_dmi& /*dmi*/) override {
    return false;
  }

 private:
  void check(const tlm::tlm_generic_payload& payload) {
    const std::size_t bytes = payload.get_data_length();
    longest_burst_ = std::max(longest_burst_, bytes);
    if (bytes == 0) violations_ += "empty transaction; ";
    if (payload.get_data_ptr() == nullptr) violations_ += "no data pointer; ";
    if (payload.get_streaming_width() < bytes) violations_ += "streaming; ";
    if (payload.get_byte_enable_ptr() != nullptr) violations_ += "byte enables; ";
    if (payload.get_response_status() != tlm::TLM_INCOMPLETE_RESPONSE) violations_ += "response; ";
    if (payload.is_dmi_allowed()) violations_ += "DMI hint set; ";
    const std::uint64_t first = payload.get_address();
    if (boundary_ != 0 && first / boundary_ != (first + bytes - 1) / boundary_) {
      violations_ += "boundary crossed; ";
    }
  }

  tlm::tlm_response_status serve(const tlm::tlm_generic_payload& payload) {
    const std::uint64_t first = payload.get_address();
    const std::size_t bytes = payload.get_data_length();
    if (first <= refused_address_ && refused_address_ - first < bytes) return refused_status_;
    if (first > bytes_.size() || bytes > bytes_.size() - first) {
      return tlm::TLM_ADDRESS_ERROR_RESPONSE;
    }
    if (payload.is_read()) std::memcpy(payload.get_data_ptr(), &bytes_[first], bytes);
    if (payload.is_write()) std::memcpy(&bytes_[first], payload.get_data_ptr(), bytes);
    return tlm::TLM_OK_RESPONSE;
  }

  MemoryTiming timing_;
  std::vector<unsigned char> bytes_;
  sc_core::sc_time free_;
  std::uint64_t refused_address_ = ~std::uint64_t{0};
  tlm::tlm_response_status refused_status_ = tlm::TLM_GENERIC_ERROR_RESPONSE;
  std::size_t boundary_ = 0;
  std::size_t longest_burst_ = 0;
  std::vector<sc_core::sc_time> arrivals_;
  std::string violations_;
};

}  // namespace foreign
