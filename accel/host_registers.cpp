// SPDX-License-Identifier: Apache-2.0
#include "accel/host_registers.h"

namespace brownout::accel {
namespace {

constexpr std::uint32_t offset_of(HostRegister host_register) {
  return static_cast<std::uint32_t>(host_register);
}

constexpr std::uint32_t kFirstAddress = offset_of(HostRegister::kProgramBase);
constexpr std::uint32_t kPastAddresses = offset_of(HostRegister::kProgramBytes);
constexpr std::uint32_t kAllInterrupts = HostRegisters::kIrqDone | HostRegisters::kIrqError;

constexpr bool is_address(std::uint32_t offset) {
  return kFirstAddress <= offset && offset < kPastAddresses;
}

}  // namespace

HostRegisters::HostRegisters(const Facts& facts) : facts_(facts) { reset(); }

void HostRegisters::reset() {
  addresses_ = {facts_.placement.program, facts_.placement.input, facts_.placement.output};
  outcome_ = irq_enable_ = irq_status_ = latched_cycles_ = 0;
  error_ = RunError::kNone;
  error_address_ = cycles_ = 0;
}

Placement HostRegisters::placement() const { return {addresses_[0], addresses_[1], addresses_[2]}; }

std::uint64_t HostRegisters::wide(std::uint32_t offset) const {
  switch (static_cast<HostRegister>(offset)) {
    case HostRegister::kProgramBytes:
      return facts_.program_bytes;
    case HostRegister::kCycles:
      return cycles_ & 0xffffffffU;
    case HostRegister::kErrorAddress:
      return error_address_;
    default:
      return addresses_.at((offset - kFirstAddress) / 8);
  }
}

std::uint32_t HostRegisters::peek(std::uint32_t offset) const {
  switch (static_cast<HostRegister>(offset)) {
    case HostRegister::kId:
      return kId;
    case HostRegister::kVersion:
      return kVersion;
    case HostRegister::kControl:
      return 0;
    case HostRegister::kStatus:
      return (busy_ ? kBusy : kIdle) | outcome_;
    case HostRegister::kIrqEnable:
      return irq_enable_;
    case HostRegister::kIrqStatus:
      return irq_status_;
    case HostRegister::kErrorCode:
      return static_cast<std::uint32_t>(error_);
    case HostRegister::kWordBytes:
      return facts_.word_bytes;
    case HostRegister::kInputBytes:
      return facts_.input_bytes;
    case HostRegister::kOutputBytes:
      return facts_.output_bytes;
    default:
      break;
  }
  if (offset == offset_of(HostRegister::kCycles) + 4) return latched_cycles_;
  return static_cast<std::uint32_t>(wide(offset / 8 * 8) >> (offset % 8 * 8));
}

HostRegisters::Access HostRegisters::read(std::uint64_t offset, std::uint32_t& value) {
  if (offset % 4 != 0 || offset >= kMapBytes) return Access::kUnmapped;
  const auto place = static_cast<std::uint32_t>(offset);
  if (place == offset_of(HostRegister::kCycles)) {
    latched_cycles_ = static_cast<std::uint32_t>(cycles_ >> 32);
  }
  value = peek(place);
  return Access::kOk;
}

HostRegisters::Access HostRegisters::write(std::uint64_t offset, std::uint32_t value) {
  if (offset % 4 != 0 || offset >= kMapBytes) return Access::kUnmapped;
  const auto place = static_cast<std::uint32_t>(offset);
  switch (static_cast<HostRegister>(place)) {
    case HostRegister::kControl:
      return control(value);
    case HostRegister::kIrqEnable:
      irq_enable_ = value & kAllInterrupts;
      return Access::kOk;
    case HostRegister::kIrqStatus:
      irq_status_ &= ~value;
      return Access::kOk;
    default:
      break;
  }
  if (!is_address(place)) return Access::kReadOnly;
  if (busy_) return Access::kBusy;
  write_address(place, value);
  return Access::kOk;
}

void HostRegisters::write_address(std::uint32_t offset, std::uint32_t value) {
  std::uint64_t& address = addresses_.at((offset - kFirstAddress) / 8);
  const std::uint32_t shift = offset % 8 * 8;
  address = (address & ~(std::uint64_t{0xffffffff} << shift)) | std::uint64_t{value} << shift;
}

HostRegisters::Access HostRegisters::control(std::uint32_t value) {
  if ((value & kReset) != 0) {
    // A running accelerator stops at its next step; its registers are reset then.
    command_ = busy_ ? Command::kReset : Command::kNone;
    reset_asked_ = busy_;
    if (!busy_) reset();
    return Access::kOk;
  }
  if ((value & kStart) == 0) return Access::kOk;
  if (busy_) return Access::kBusy;
  command_ = Command::kStart;
  return Access::kOk;
}

HostRegisters::Command HostRegisters::take_command() {
  const Command command = command_;
  command_ = Command::kNone;
  return command;
}

void HostRegisters::run_started() {
  busy_ = true;
  reset_asked_ = false;
  outcome_ = 0;
  error_ = RunError::kNone;
  error_address_ = 0;
}

void HostRegisters::run_ended(const RunEnd& end) {
  busy_ = false;
  // A run that ends, or fails, between the reset and its next step is reset like a stopped one.
  if (end.state == RunState::kStopped || reset_asked_) {
    reset_asked_ = false;
    reset();
    return;
  }
  const bool done = end.state == RunState::kDone;
  outcome_ = done ? kDone : kFailed;
  irq_status_ |= done ? kIrqDone : kIrqError;
  error_ = end.error;
  error_address_ = end.address;
}

}  // namespace brownout::accel
