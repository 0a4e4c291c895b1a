// SPDX-License-Identifier: Apache-2.0
// The vector unit (layer 3): requantises the array's results on their way to the ofmap buffer, and
// runs pooling, addition, ReLU and flatten from ifmap to ofmap buffer.
#pragma once

#include <optional>
#include <systemc>
#include <vector>

#include "accel/clock_module.h"
#include "accel/run_context.h"
#include "accel/sram_group_module.h"

namespace brownout::accel {

/// Executes steps of the program in the sequencer's process.
class DatapathInterface : public sc_core::sc_interface {
 public:
  /// Returns after the step's cycles.
  virtual void execute(const Step& step) = 0;
};

/// Takes results from the array's row buses.
class ResultInterface : public sc_core::sc_interface {
 public:
  /// Announces whose results follow.
  virtual void begin_fold(std::uint32_t layer, const Fold& fold) = 0;
  /// Accumulators of columns [begin, end) of `row`, of which the bus carries one a cycle.
  virtual void accept(std::uint32_t row, std::uint32_t begin, std::uint32_t end,
                      const std::int32_t* accumulators) = 0;
};

class VectorUnitModule : public sc_core::sc_module,
                         public DatapathInterface,
                         public ResultInterface {
 public:
  VectorUnitModule(sc_core::sc_module_name name, RunContext context, ClockPeriod period)
      : sc_module(name), context_(context), period_(period) {}

  sc_core::sc_port<SramInterface> ifmap{"ifmap"};
  sc_core::sc_port<SramInterface> ofmap{"ofmap"};

  void execute(const Step& step) override;
  void begin_fold(std::uint32_t layer, const Fold& fold) override;
  void accept(std::uint32_t row, std::uint32_t begin, std::uint32_t end,
              const std::int32_t* accumulators) override;

 private:
  void compute(const Step& step, const VectorGeometry& geometry);
  void put_byte(std::uint64_t position, std::uint8_t byte, std::uint64_t& word, bool last);

  RunContext context_;
  ClockPeriod period_;
  std::uint32_t layer_ = 0;
  Fold fold_;
  std::vector<std::uint64_t> row_words_;  // word being assembled on each row's bus
};

}  // namespace brownout::accel
