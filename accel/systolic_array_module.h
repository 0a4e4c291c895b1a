// SPDX-License-Identifier: Apache-2.0
// The systolic array in the accelerator (layer 3): fetches operands from the ifmap and filter
// buffers at their cycles, steps every processing element, and puts results on the row buses.
#pragma once

#include <optional>
#include <systemc>
#include <vector>

#include "accel/accelerator_config.h"
#include "accel/clock_module.h"
#include "accel/register_array.h"
#include "accel/run_context.h"
#include "accel/sram_group_module.h"
#include "accel/vector_unit_module.h"
#include "accel/word_port.h"

namespace brownout::accel {

class SystolicArrayModule : public sc_core::sc_module, public DatapathInterface {
 public:
  SystolicArrayModule(sc_core::sc_module_name name, RunContext context, const ArrayConfig& config,
                      ClockPeriod period);

  sc_core::sc_port<SramInterface> ifmap{"ifmap"};
  sc_core::sc_port<SramInterface> filter{"filter"};
  sc_core::sc_port<ResultInterface> results{"results"};

  void execute(const Step& step) override;

 private:
  /// Operand fetch of one array row: the word it holds and where in the kernel it is.
  struct Lane {
    WordPort port{8};
    std::uint64_t word = 0;
    std::optional<std::uint64_t> position;  // of the next operand; none in the padding
  };

  void begin_fold(const Step& step);
  void account(const Step& step);
  void count_accesses(const Step& step);
  void carry(const Step& step);
  void fetch(std::uint32_t begin, std::uint32_t end);
  void fetch_ifmap(std::uint32_t row, std::uint32_t begin, std::uint32_t end);
  void fetch_filter(std::uint32_t begin, std::uint32_t end);
  void emit(std::uint32_t begin, std::uint32_t end);

  RunContext context_;
  ArrayConfig config_;
  ClockPeriod period_;
  RegisterArray array_;
  std::vector<Lane> lanes_;

  // Of the fold in the array.
  const ConvGeometry* conv_ = nullptr;
  Fold fold_;
  std::int16_t zero_point_ = 0;
};

}  // namespace brownout::accel
