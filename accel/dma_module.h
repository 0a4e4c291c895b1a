// SPDX-License-Identifier: Apache-2.0
// The DMA engine (layer 3): runs the program's loads and stores between DRAM and the buffers, as
// far ahead of the datapath as the buffers allow.
//
// As a TLM-2.0 initiator: blocking transport of whole buffer words or rows of results, no byte
// enables, no streaming, no transaction across a multiple of DmaConfig::max_burst. The bursts of
// one transfer are all issued at once; it is over, at the next clock edge, when the last of them is
// (its return plus its annotated delay). A target that waits in b_transport thereby serialises
// them, one that annotates may overlap them or keep a queue.
#pragma once

#include <sysc/kernel/sc_spawn.h>
#include <tlm_utils/simple_initiator_socket.h>
#include <cstdint>
#include <exception>
#include <systemc>
#include <tlm>
#include <vector>

#include "accel/accelerator_config.h"
#include "accel/clock_module.h"
#include "accel/placement.h"
#include "accel/run_context.h"
#include "accel/sram_group_module.h"
#include "sim/core/error.h"

namespace brownout::accel {

/// A target's answer other than TLM_OK_RESPONSE.
class BusError : public SimulationError {
 public:
  BusError(const std::string& message, std::uint64_t address)
      : SimulationError(message), address_(address) {}
  [[nodiscard]] std::uint64_t address() const { return address_; }

 private:
  std::uint64_t address_;
};

/// The program or its data would pass the end of the address space.
class PlacementError : public SimulationError {
 public:
  using SimulationError::SimulationError;
};

/// How the sequencer waits for transfers and releases buffer space.
class TransferInterface : public sc_core::sc_interface {
 public:
  /// Starts the program's transfers from the first. Throws PlacementError.
  virtual void begin_run(const Placement& placement) = 0;
  /// Gives up transfers not begun; blocks the caller until none is under way.
  virtual void end_run() = 0;
  /// Blocks the caller until the first `count` loads (stores) of the program are done. Throws what
  /// a transfer threw, BusError above all.
  virtual void wait_for_loads(std::uint32_t count) = 0;
  virtual void wait_for_stores(std::uint32_t count) = 0;
  /// The next step of the program is done.
  virtual void finish_step() = 0;
};

class DmaModule : public sc_core::sc_module, public TransferInterface {
 public:
  DmaModule(sc_core::sc_module_name name, RunContext context, const AcceleratorConfig& config,
            ClockPeriod period);

  tlm_utils::simple_initiator_socket<DmaModule> socket{"socket"};
  sc_core::sc_port<SramInterface> ifmap{"ifmap"};
  sc_core::sc_port<SramInterface> filter{"filter"};
  sc_core::sc_port<SramInterface> ofmap{"ofmap"};

  void begin_run(const Placement& placement) override;
  void end_run() override;
  void wait_for_loads(std::uint32_t count) override;
  void wait_for_stores(std::uint32_t count) override;
  void finish_step() override;

 private:
  SC_HAS_PROCESS(DmaModule);

  /// A contiguous piece of DRAM, and where in the buffer it begins.
  struct Burst {
    std::uint64_t address = 0;
    std::uint64_t bytes = 0;
    std::uint64_t position = 0;
    /// Input tensor of a vector layer, whose words lie as its layout says; otherwise they follow
    /// each other.
    std::uint32_t input = 0;
  };

  /// The transfers of a run are a process that ends with it.
  void launch() {
    sc_core::sc_spawn([this] { serve(); });
  }
  void serve();
  void transfer();
  void wait_for(const std::uint32_t& done, std::uint32_t count);
  void load(const Load& load);
  void store(const Step& step);
  [[nodiscard]] std::vector<Burst> load_bursts(const Load& load) const;
  /// Buffer position of byte `offset` of a burst that `load` brings.
  /// Zeros the bytes of a burst of activations that lie behind its tensor, whatever the memory
  /// holds there: an error code covers whole words.
  void clear_tail(const Load& load, const Burst& burst, std::uint8_t* data) const;
  [[nodiscard]] std::uint64_t target(const Load& load, const Burst& burst,
                                     std::uint64_t offset) const;
  [[nodiscard]] std::vector<Burst> store_bursts(const Step& step) const;
  void begin_transfer(std::uint32_t layer, memory::GroupId group);
  void access(tlm::tlm_command command, std::uint64_t address, std::uint8_t* data,
              std::uint64_t bytes);
  void transact(tlm::tlm_command command, std::uint64_t address, std::uint8_t* data,
                std::uint64_t bytes);
  /// Waits for the transfer's end at the next clock edge, not at all when memory is ideal.
  void end_transfer(LayerStatistics& statistics);
  /// Reports the transfer and its accesses to the buffer. Its ports, as many as it has banks, serve
  /// a store as soon as it begins and a load so that it is done when the transfer ends; ideal
  /// ports, so more words a cycle where the transfer is faster.
  void report_transfer();

  RunContext context_;
  std::uint64_t max_burst_;
  MemoryModel memory_;
  ClockPeriod period_;
  AddressMap addresses_;
  bool running_ = false;
  bool stopping_ = false;
  std::exception_ptr failure_;
  std::uint32_t loads_done_ = 0;
  std::uint32_t stores_done_ = 0;
  std::uint32_t steps_done_ = 0;
  sc_core::sc_event begin_;
  sc_core::sc_event transfer_done_;
  sc_core::sc_event step_done_;
  // Of the transfer under way, as known so far.
  sc_core::sc_time transfer_end_;
  memory::DramCounts dram_events_;
  // The transfer under way, for who watches, and what it reads or writes.
  Transfer transfer_;
  std::vector<Access> moved_;
  std::vector<std::uint8_t> buffer_;
};

}  // namespace brownout::accel
