// SPDX-License-Identifier: Apache-2.0
// The accelerator without its memory (layer 3): what drops into a TLM-2.0 virtual platform. The
// one place where its blocks are made and wired.
//
// A platform binds `dma` to its memory or interconnect, `host` to its bus and `irq` to a signal;
// docs/virtual_platform.md shows how. A foreign target may wait in b_transport or annotate; the
// core takes up its own clock at the next edge.
#pragma once

#include <memory>
#include <optional>
#include <systemc>
#include <tlm>
#include <vector>

#include "accel/accelerator_config.h"
#include "accel/dma_module.h"
#include "accel/host_module.h"
#include "accel/operating_point.h"
#include "accel/sequencer_module.h"
#include "accel/supply_module.h"
#include "accel/systolic_array_module.h"
#include "accel/vector_unit_module.h"
#include "memory/chip.h"

namespace brownout::accel {

class AcceleratorCoreModule : public sc_core::sc_module {
 public:
  /// What `context` refers to, `machine` and `chip` must outlive the module; a null chip has no
  /// failing cells. `context.statistics` is cleared when a run starts and complete when it ends.
  /// Throws InputError when the kernel's time resolution is coarser than 1 ps.
  AcceleratorCoreModule(sc_core::sc_module_name name, RunContext context, const Machine& machine,
                        const OperatingPoint& point, const memory::Chip* chip);

  tlm::tlm_initiator_socket<> dma{"dma"};
  /// May stay unbound when start() is used instead.
  tlm::tlm_target_socket<32, tlm::tlm_base_protocol_types, 1, sc_core::SC_ZERO_OR_MORE_BOUND> host{
      "host"};
  sc_core::sc_out<bool> irq{"irq"};

  /// Starts a run without the host's registers, at the next clock edge.
  void start(const Placement& placement) { sequencer_.start(placement); }

  /// Tells `listener`, too, when runs start and end; before the simulation starts.
  void listen(RunListener& listener) { sequencer_.listeners(listener); }

  /// How the last run ended; none before that or while one is under way.
  [[nodiscard]] const std::optional<RunEnd>& end() const { return sequencer_.end(); }
  /// Of the present run so far, or of the last one.
  [[nodiscard]] Cycles cycles() const { return sequencer_.cycles(); }

 private:
  [[nodiscard]] std::unique_ptr<SramGroupModule> make_group(memory::GroupId group,
                                                            const RunContext& context,
                                                            const Machine& machine,
                                                            const memory::Chip* chip) const;
  void bind();

  ClockPeriod period_;
  Hertz fault_clock_;
  HostModule host_;
  DmaModule dma_;
  SequencerModule sequencer_;
  SystolicArrayModule array_;
  VectorUnitModule vector_;
  SupplyModule supply_;
  memory::PerGroup<std::unique_ptr<SramGroupModule>> groups_;
};

}  // namespace brownout::accel
