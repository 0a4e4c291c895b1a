// SPDX-License-Identifier: Apache-2.0
// The sequencer (layer 3): walks the program step by step, waits where data or buffer space are
// late, and says what every cycle was spent on.
#pragma once

#include <optional>
#include <systemc>

#include "accel/clock_module.h"
#include "accel/dma_module.h"
#include "accel/run_context.h"
#include "accel/run_interface.h"
#include "accel/supply_module.h"
#include "accel/vector_unit_module.h"

namespace brownout::accel {

class SequencerModule : public sc_core::sc_module, public RunInterface {
 public:
  SequencerModule(sc_core::sc_module_name name, RunContext context, ClockPeriod period);

  sc_core::sc_port<TransferInterface> transfers{"transfers"};
  sc_core::sc_port<SupplyInterface> supply{"supply"};
  sc_core::sc_port<DatapathInterface> array{"array"};
  sc_core::sc_port<DatapathInterface> vector{"vector"};

  sc_core::sc_port<RunListener, 0, sc_core::SC_ZERO_OR_MORE_BOUND> listeners{"listeners"};

  void start(const Placement& placement) override;
  void stop() override { stopping_ = true; }
  [[nodiscard]] Cycles cycles() const override;

  /// How the last run ended; none before that or while one is under way.
  [[nodiscard]] const std::optional<RunEnd>& end() const { return end_; }

 private:
  SC_HAS_PROCESS(SequencerModule);

  /// A run is a process of its own that ends with it: nothing is left waiting in the kernel.
  void launch();
  void serve();
  [[nodiscard]] RunEnd run();
  [[nodiscard]] RunState walk();
  void execute(const Step& step);
  /// Changes the rails before the layer of step `index`, if it has other voltages.
  void change_supply(std::uint32_t index);
  /// Passes cycles and says what they were spent on.
  void spend(std::uint32_t layer, Activity activity, Cycles cycles);
  template <class Wait>
  void stall(std::uint32_t layer, Activity reason, Wait wait_for_it);

  RunContext context_;
  ClockPeriod period_;
  sc_core::sc_event start_;
  bool busy_ = false;
  bool launched_ = false;
  bool stopping_ = false;
  std::optional<RunEnd> end_;
  Placement placement_;
  Cycles first_cycle_;
  Cycles cycles_;
};

}  // namespace brownout::accel
