// SPDX-License-Identifier: Apache-2.0
// Who watches a simulated inference (layer 3): the blocks of the cycle engine report what they do
// to a RunObserver, if the run has one. An unwatched run pays a null check per wake of a process.
//
// Every stamp is the cycle at which the hardware does it, however many cycles a wake of the process
// carries out together.
#pragma once

#include <cstdint>
#include <string>

#include "accel/run_statistics.h"
#include "memory/chip.h"
#include "sim/core/index.h"
#include "sim/core/units.h"

namespace brownout::accel {

enum class AccessKind : std::uint8_t { kRead, kWrite };

/// One word read from or written to a buffer.
struct Access {
  std::uint64_t cycle = 0;
  memory::GroupId group = memory::GroupId::kIfmap;
  AccessKind kind = AccessKind::kRead;
  std::uint32_t layer = 0;
  std::uint32_t port = 0;      ///< array lane, or n-th access of the vector unit or DMA in a cycle
  std::uint64_t position = 0;  ///< fetch position of a byte of the word
  WordId word;                 ///< the cells
  std::uint64_t written = 0;   ///< the word as it was written, or is now
  std::uint64_t value = 0;     ///< the word as the read delivered it; of a write, `written`
  memory::CodeOutcomes outcomes;  ///< of its code words in a read, now
};

/// Cycles [begin, end) of the accelerator went into `activity` of a layer.
struct ActivitySpan {
  std::uint32_t layer = 0;
  Activity activity = Activity::kFill;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

/// MACs or vector operations done evenly over [begin, end).
struct Operations {
  std::uint32_t layer = 0;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::uint64_t macs = 0;
  std::uint64_t vector_ops = 0;
};

/// What the DMA engine did in [begin, end): DRAM to a buffer, or the ofmap buffer to DRAM.
struct Transfer {
  std::uint32_t layer = 0;
  memory::GroupId group = memory::GroupId::kIfmap;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::uint64_t bytes = 0;
};

/// One transaction of a transfer: issued at `begin`, its last data on the bus before `end`.
struct DramTransaction {
  std::uint32_t layer = 0;
  memory::GroupId group = memory::GroupId::kIfmap;
  bool is_read = true;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::uint64_t address = 0;
  std::uint64_t bytes = 0;
  memory::DramCounts events;  ///< zero of a memory that does not report them
};

/// Registers of the array during a cycle.
class ArrayRegisters {
 public:
  virtual ~ArrayRegisters() = default;
  /// Operands an element multiplies, and its (partial) sum with that product in it. `row` and
  /// `column` lie in the array.
  [[nodiscard]] virtual std::int32_t ifmap(std::uint32_t row, std::uint32_t column) const = 0;
  [[nodiscard]] virtual std::int32_t filter(std::uint32_t row, std::uint32_t column) const = 0;
  [[nodiscard]] virtual std::int32_t sum(std::uint32_t row, std::uint32_t column) const = 0;
};

/// Reports come in the order of the simulation, whose stamps may run ahead: see on_time().
class RunObserver {
 public:
  virtual ~RunObserver() = default;

  /// No later report is stamped before `cycle`, except those of a fold or a transfer that is under
  /// way, none of which is stamped before its begin.
  virtual void on_time(std::uint64_t /*cycle*/) {}
  virtual void on_access(const Access& /*access*/) {}
  virtual void on_activity(const ActivitySpan& /*span*/) {}
  virtual void on_operations(const Operations& /*work*/) {}
  /// Step `step` of the program begins, stalls before it are over.
  virtual void on_step_begin(std::uint32_t /*step*/, std::uint64_t /*cycle*/) {}
  virtual void on_step_end(std::uint64_t /*cycle*/) {}
  /// Rails moved to the voltages of `layer` in cycles [begin, end), perhaps none.
  virtual void on_ramp(std::uint32_t /*layer*/, std::uint64_t /*begin*/, std::uint64_t /*end*/) {}
  /// Fold `fold` of `layer` enters the array; it leaves at on_fold_end().
  virtual void on_fold_begin(std::uint32_t /*layer*/, std::uint32_t /*fold*/,
                             std::uint64_t /*cycle*/) {}
  virtual void on_fold_end(std::uint64_t /*cycle*/) {}
  virtual void on_transfer_begin(std::uint64_t /*cycle*/) {}
  virtual void on_transfer_end(const Transfer& /*transfer*/) {}
  virtual void on_dram(const DramTransaction& /*transaction*/) {}
  virtual void on_voltage(const std::string& /*rail*/, VminRatio /*voltage*/,
                          std::uint64_t /*cycle*/) {}
  /// Whether on_array() is wanted for any cycle of [begin, end): the array is then stepped cycle by
  /// cycle.
  [[nodiscard]] virtual bool watches_array(std::uint64_t /*begin*/, std::uint64_t /*end*/) const {
    return false;
  }
  virtual void on_array(std::uint64_t /*cycle*/, const ArrayRegisters& /*registers*/) {}
};

}  // namespace brownout::accel
