// SPDX-License-Identifier: Apache-2.0
// The host's register file (layer 3), as plain data: address map, access rules, interrupt.
//
// All registers are 32 bits wide, at multiples of 4; 64-bit values take two, low word first.
//
//   offset  name            access  meaning
//   0x00    ID              RO      0x4252574e, "BRWN"
//   0x04    VERSION         RO      major << 16 | minor of this map
//   0x08    CONTROL         WO      bit 0 START, bit 1 RESET (wins over START); reads as 0
//   0x0c    STATUS          RO      bit 0 IDLE, 1 BUSY, 2 DONE, 3 ERROR; DONE and ERROR stay until
//                                   the next START or RESET
//   0x10    IRQ_ENABLE      RW      bit 0 DONE, bit 1 ERROR
//   0x14    IRQ_STATUS      W1C     the same bits; a one written clears
//   0x18    ERROR_CODE      RO      RunError
//   0x1c    WORD_BYTES      RO      input and output buffers are whole words of this many bytes
//   0x20    PROGRAM_BASE    RW      64 bits, Placement::program
//   0x28    INPUT_ADDRESS   RW      64 bits, Placement::input
//   0x30    OUTPUT_ADDRESS  RW      64 bits, Placement::output
//   0x38    PROGRAM_BYTES   RO      64 bits, memory needed at PROGRAM_BASE
//   0x40    INPUT_BYTES     RO      codes of an image
//   0x44    OUTPUT_BYTES    RO      bytes of the logits
//   0x48    CYCLES          RO      64 bits, of the present or last run; reading the low word
//                                   latches the high one
//   0x50    ERROR_ADDRESS   RO      64 bits, bus address of a bus error
//
// While BUSY, writes are refused except to IRQ_ENABLE, IRQ_STATUS and CONTROL with RESET.
#pragma once

#include <array>
#include <cstdint>

#include "accel/placement.h"
#include "accel/run_end.h"
#include "sim/core/units.h"

namespace brownout::accel {

/// Offsets of the map above; of a 64-bit value, its low word's.
enum class HostRegister : std::uint32_t {
  kId = 0x00,
  kVersion = 0x04,
  kControl = 0x08,
  kStatus = 0x0c,
  kIrqEnable = 0x10,
  kIrqStatus = 0x14,
  kErrorCode = 0x18,
  kWordBytes = 0x1c,
  kProgramBase = 0x20,
  kInputAddress = 0x28,
  kOutputAddress = 0x30,
  kProgramBytes = 0x38,
  kInputBytes = 0x40,
  kOutputBytes = 0x44,
  kCycles = 0x48,
  kErrorAddress = 0x50,
};

class HostRegisters {
 public:
  static constexpr std::uint32_t kMapBytes = 0x58;
  static constexpr std::uint32_t kId = 0x4252574e;
  static constexpr std::uint32_t kVersion = 0x00010000;
  static constexpr std::uint32_t kStart = 1, kReset = 2;                        // CONTROL
  static constexpr std::uint32_t kIdle = 1, kBusy = 2, kDone = 4, kFailed = 8;  // STATUS
  static constexpr std::uint32_t kIrqDone = 1, kIrqError = 2;                   // IRQ_*

  /// What the network and the machine fix, and the placement after reset.
  struct Facts {
    Placement placement;
    std::uint64_t program_bytes = 0;
    std::uint32_t input_bytes = 0;
    std::uint32_t output_bytes = 0;
    std::uint32_t word_bytes = 0;
  };

  explicit HostRegisters(const Facts& facts);

  enum class Access { kOk, kUnmapped, kReadOnly, kBusy };
  enum class Command { kNone, kStart, kReset };

  /// `offset` is that of a register of 32 bits; anything else is kUnmapped.
  [[nodiscard]] Access read(std::uint64_t offset, std::uint32_t& value);
  [[nodiscard]] Access write(std::uint64_t offset, std::uint32_t value);
  /// Value of the 32-bit register at `offset` below kMapBytes, without side effect.
  [[nodiscard]] std::uint32_t peek(std::uint32_t offset) const;

  /// What the writes so far ask of the accelerator; asking forgets it.
  [[nodiscard]] Command take_command();

  void run_started();
  void run_ended(const RunEnd& end);
  void set_cycles(Cycles cycles) { cycles_ = cycles.count(); }

  [[nodiscard]] Placement placement() const;
  [[nodiscard]] bool busy() const { return busy_; }
  /// Level of the interrupt line.
  [[nodiscard]] bool interrupt() const { return (irq_status_ & irq_enable_) != 0; }

 private:
  [[nodiscard]] std::uint64_t wide(std::uint32_t offset) const;
  [[nodiscard]] Access control(std::uint32_t value);
  void write_address(std::uint32_t offset, std::uint32_t value);
  void reset();

  Facts facts_;
  std::array<std::uint64_t, 3> addresses_{};  // program, input, output
  bool busy_ = false;
  bool reset_asked_ = false;   // of the run that is on
  std::uint32_t outcome_ = 0;  // kDone or kFailed
  std::uint32_t irq_enable_ = 0;
  std::uint32_t irq_status_ = 0;
  RunError error_ = RunError::kNone;
  std::uint64_t error_address_ = 0;
  std::uint64_t cycles_ = 0;
  std::uint32_t latched_cycles_ = 0;
  Command command_ = Command::kNone;
};

}  // namespace brownout::accel
