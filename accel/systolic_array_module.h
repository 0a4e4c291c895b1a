// SPDX-License-Identifier: Apache-2.0
// The systolic array in the accelerator (layer 3): fetches operands from the ifmap and filter
// buffers at their cycles, steps every processing element, and passes results on as they leave.
#pragma once

#include <cstdint>
#include <memory>
#include <systemc>
#include <vector>

#include "accel/accelerator_config.h"
#include "accel/array_core.h"
#include "accel/clock_module.h"
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
  /// Cycles simulated per wake of the process: all of them happen, but the kernel is entered once.
  static constexpr std::uint32_t kCyclesPerWake = 16;

  /// A port to the ifmap buffer and the word it holds. The register body reads through it, word by
  /// word, and so does every body somebody watches; otherwise the block body reads bytes at once
  /// and counts what the ports would have read.
  struct Lane {
    WordPort port{8};
    std::uint64_t word = 0;
  };

  void begin_fold(const Step& step);
  void begin_core(const Step& step);
  void account(const Step& step);
  void count_accesses(const Step& step);
  void execute_at_once(const Step& step);
  void execute_by_cycle(const Step& step);
  void load_stationary();
  void fetch(std::uint32_t begin, std::uint32_t end);
  void fetch_pixel(std::uint32_t p, Extent k, std::uint8_t* codes);
  void fetch_filter_line(std::uint32_t line);
  void read_ifmap(std::uint32_t p, std::uint32_t k, std::uint64_t position, std::uint32_t count,
                  std::uint8_t* codes);
  void report_activities(const Step& step, std::uint64_t fill, std::uint64_t compute);
  void report_ifmap_byte(std::uint32_t p, std::uint32_t k, std::uint64_t position, bool is_new);
  void report_filter_word(std::uint32_t line, std::uint32_t lane, std::uint64_t word);
  void report_registers();
  /// Whether somebody wants the registers of any of the cycles that a wake would carry out.
  [[nodiscard]] bool watched() const;
  /// Lets the cycles pass in which what was just fetched and computed happens.
  void pass(std::uint64_t cycles);
  void emit(std::uint32_t begin, std::uint32_t end);
  void pass_on(std::uint32_t p, std::uint32_t begin, std::uint32_t end);

  RunContext context_;
  ArrayConfig config_;
  bool by_word_;  // operands are read word by word: register body, or somebody watches
  ClockPeriod period_;
  std::unique_ptr<ArrayCore> core_;
  std::vector<Lane> lanes_;
  std::vector<std::uint8_t> vector_;   // an operand vector on its way into the array
  std::vector<std::uint8_t> columns_;  // is: activations of a fold, [pixel][k]
  std::vector<std::int32_t> results_;  // is: results of one pixel

  // Of the fold in the array.
  std::uint32_t layer_ = 0;
  const ConvGeometry* conv_ = nullptr;
  Fold fold_;
  std::uint8_t zero_point_ = 0;
  std::uint32_t pixel_words_ = 0;  // words read for the present pixel, for who watches
};

}  // namespace brownout::accel
