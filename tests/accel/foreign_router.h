// SPDX-License-Identifier: Apache-2.0
// Somebody else's interconnect: written against the TLM-2.0 standard only, nothing of ours
// included.
#pragma once

#include <cstdint>
#include <systemc>
#include <tlm>

namespace foreign {

/// Decodes addresses: from `low_base` on goes to `low`, from `high_base` on to `high`; each target
/// sees addresses from 0. Below is nothing.
class Router : public sc_core::sc_module,
               public tlm::tlm_fw_transport_if<>,
               public tlm::tlm_bw_transport_if<> {
 public:
  Router(sc_core::sc_module_name name, std::uint64_t low_base, std::uint64_t high_base,
         const sc_core::sc_time& hop)
      : sc_module(name), low_base_(low_base), high_base_(high_base), hop_(hop) {
    socket.bind(*this);
    low.bind(*this);
    high.bind(*this);
  }

  tlm::tlm_target_socket<32, tlm::tlm_base_protocol_types, 0> socket{"socket"};
  tlm::tlm_initiator_socket<32> low{"low"};
  tlm::tlm_initiator_socket<32> high{"high"};

  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) override {
    delay += hop_;
    const std::uint64_t address = payload.get_address();
    if (address < low_base_) {
      payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
      return;
    }
    route(payload)->b_transport(payload, delay);
    payload.set_address(address);
  }
  unsigned transport_dbg(tlm::tlm_generic_payload& payload) override {
    const std::uint64_t address = payload.get_address();
    if (address < low_base_) return 0;
    const unsigned bytes = route(payload)->transport_dbg(payload);
    payload.set_address(address);
    return bytes;
  }
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& /*phase*/,
                                     sc_core::sc_time& /*delay*/) override {
    payload.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
    return tlm::TLM_COMPLETED;
  }
  bool get_direct_mem_ptr(tlm::tlm_generic_payload& /*payload*/, tlm::tlm_dmi& /*dmi*/) override {
    return false;
  }
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& /*payload*/,
                                     tlm::tlm_phase& /*phase*/,
                                     sc_core::sc_time& /*delay*/) override {
    return tlm::TLM_COMPLETED;
  }
  void invalidate_direct_mem_ptr(sc_dt::uint64 /*first*/, sc_dt::uint64 /*last*/) override {}

 private:
  tlm::tlm_initiator_socket<32>& route(tlm::tlm_generic_payload& payload) {
    const bool is_low = payload.get_address() < high_base_;
    payload.set_address(payload.get_address() - (is_low ? low_base_ : high_base_));
    return is_low ? low : high;
  }

  std::uint64_t low_base_;
  std::uint64_t high_base_;
  sc_core::sc_time hop_;
};

}  // namespace foreign
