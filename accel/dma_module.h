// SPDX-License-Identifier: Apache-2.0
// The DMA engine (layer 3): runs the program's loads and stores between DRAM and the buffers, as
// far ahead of the datapath as the buffers allow.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <cstdint>
#include <systemc>
#include <tlm>
#include <vector>

#include "accel/clock_module.h"
#include "accel/run_context.h"
#include "accel/sram_group_module.h"

namespace brownout::accel {

/// How the sequencer waits for transfers and releases buffer space.
class TransferInterface : public sc_core::sc_interface {
 public:
  /// Blocks the caller until the first `count` loads (stores) of the program are done.
  virtual void wait_for_loads(std::uint32_t count) = 0;
  virtual void wait_for_stores(std::uint32_t count) = 0;
  /// The next step of the program is done.
  virtual void finish_step() = 0;
};

class DmaModule : public sc_core::sc_module, public TransferInterface {
 public:
  DmaModule(sc_core::sc_module_name name, RunContext context);

  tlm_utils::simple_initiator_socket<DmaModule> socket{"socket"};
  sc_core::sc_port<SramInterface> ifmap{"ifmap"};
  sc_core::sc_port<SramInterface> filter{"filter"};
  sc_core::sc_port<SramInterface> ofmap{"ofmap"};

  void wait_for_loads(std::uint32_t count) override;
  void wait_for_stores(std::uint32_t count) override;
  void finish_step() override;

 private:
  SC_HAS_PROCESS(DmaModule);

  /// A contiguous piece of DRAM; its words follow each other in the buffer at every `stride`-th
  /// word from `position` on.
  struct Burst {
    std::uint64_t address = 0;
    std::uint64_t bytes = 0;
    std::uint64_t position = 0;
    std::uint32_t stride = 1;
  };

  void transfer();
  void load(const Load& load);
  void store(const Step& step);
  [[nodiscard]] std::vector<Burst> load_bursts(const Load& load) const;
  [[nodiscard]] std::vector<Burst> store_bursts(const Step& step) const;
  [[nodiscard]] sc_core::sc_time access(tlm::tlm_command command, std::uint64_t address,
                                        std::uint8_t* data, std::uint64_t bytes);

  RunContext context_;
  std::uint32_t loads_done_ = 0;
  std::uint32_t stores_done_ = 0;
  std::uint32_t steps_done_ = 0;
  sc_core::sc_event transfer_done_;
  sc_core::sc_event step_done_;
  std::vector<std::uint8_t> buffer_;
};

}  // namespace brownout::accel
