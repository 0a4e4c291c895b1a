// SPDX-License-Identifier: Apache-2.0
// The vector unit (layer 3): adds up partial sums and requantises results on their way from the
// array to the ofmap buffer, and runs every layer without weights from ifmap to ofmap buffer.
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

/// Takes results as they leave the array.
class ResultInterface : public sc_core::sc_interface {
 public:
  /// Announces whose results follow.
  virtual void begin_fold(std::uint32_t layer, const Fold& fold) = 0;
  /// Sums of pixel `p` and channels [begin, end) of the fold, whole output words of them.
  virtual void accept(std::uint32_t p, std::uint32_t begin, std::uint32_t end,
                      const std::int32_t* sums) = 0;
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
  void accept(std::uint32_t p, std::uint32_t begin, std::uint32_t end,
              const std::int32_t* sums) override;

 private:
  void compute(const Step& step, const VectorGeometry& geometry);
  void add_partial_sums(std::uint64_t row, std::uint32_t begin);
  void write_codes(std::uint64_t position);
  void write_sums(std::uint64_t position);
  void report_step(const Step& step);
  /// An access to the ofmap buffer that belongs to lanes up to `lane` of the pixel being accepted.
  void report_result(Access access, AccessKind kind, std::uint32_t lane);
  void report_results(std::uint64_t row, std::uint32_t begin, std::uint32_t end);

  RunContext context_;
  ClockPeriod period_;
  std::uint32_t layer_ = 0;
  Fold fold_;
  std::vector<std::int32_t> sums_;   // on their way from the array to the buffer
  std::vector<std::uint8_t> codes_;  // on their way to the buffer

  // For who watches: reads of the present step, and how many of them each output word needs; the
  // pixel being accepted.
  std::vector<Access> reads_;
  std::vector<std::uint64_t> reads_until_;
  std::uint32_t pixel_ = 0;
};

}  // namespace brownout::accel
