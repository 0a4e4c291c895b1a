// SPDX-License-Identifier: Apache-2.0
#include "accel/host_registers.h"

#include <gtest/gtest.h>

#include <set>

namespace brownout::accel {
namespace {

using Access = HostRegisters::Access;
using Command = HostRegisters::Command;

class HostRegistersTest : public testing::Test {
 protected:
  std::uint32_t read(HostRegister place) { return read_at(static_cast<std::uint32_t>(place)); }
  std::uint32_t read_at(std::uint32_t offset) {
    std::uint32_t value = 0xdeadbeef;
    EXPECT_EQ(registers_.read(offset, value), Access::kOk) << offset;
    return value;
  }
  Access write(HostRegister place, std::uint32_t value) {
    return registers_.write(static_cast<std::uint32_t>(place), value);
  }
  void start() {
    ASSERT_EQ(write(HostRegister::kControl, HostRegisters::kStart), Access::kOk);
    ASSERT_EQ(registers_.take_command(), Command::kStart);
    registers_.run_started();
  }

  HostRegisters registers_{{{0x100, 0x1'0000'0200, 0x300}, 0x7'0000'0040, 48, 40, 8}};
};

TEST_F(HostRegistersTest, SaysWhatItIsAndWhatTheProgramNeeds) {
  EXPECT_EQ(read(HostRegister::kId), 0x4252574eU);
  EXPECT_EQ(read(HostRegister::kVersion), 0x10000U);
  EXPECT_EQ(read(HostRegister::kStatus), HostRegisters::kIdle);
  EXPECT_EQ(read(HostRegister::kWordBytes), 8U);
  EXPECT_EQ(read(HostRegister::kInputBytes), 48U);
  EXPECT_EQ(read(HostRegister::kOutputBytes), 40U);
  EXPECT_EQ(read_at(0x38), 0x40U);
  EXPECT_EQ(read_at(0x3c), 7U);
  EXPECT_EQ(read_at(0x28), 0x200U);
  EXPECT_EQ(read_at(0x2c), 1U);
}

TEST_F(HostRegistersTest, AddressesTakeBothHalves) {
  std::uint32_t value = 0x11111111;
  for (std::uint32_t offset = 0x20; offset < 0x38; offset += 4, value += 0x11111111) {
    ASSERT_EQ(registers_.write(offset, value), Access::kOk);
  }
  EXPECT_EQ(registers_.placement(),
            (Placement{0x2222222211111111, 0x4444444433333333, 0x6666666655555555}));
}

TEST_F(HostRegistersTest, OnlyTheDocumentedRegistersCanBeWritten) {
  const std::set<std::uint32_t> writable = {0x08, 0x10, 0x14, 0x20, 0x24, 0x28, 0x2c, 0x30, 0x34};
  for (std::uint32_t offset = 0; offset < HostRegisters::kMapBytes; offset += 4) {
    const std::uint32_t before = read_at(offset);
    const bool expected = writable.count(offset) != 0;
    EXPECT_EQ(registers_.write(offset, 0) == Access::kOk, expected) << offset;
    if (expected) continue;
    EXPECT_EQ(registers_.write(offset, ~before), Access::kReadOnly) << offset;
    EXPECT_EQ(read_at(offset), before) << offset;
  }
}

TEST_F(HostRegistersTest, NothingLiesBetweenOrBeyondTheRegisters) {
  std::uint32_t value = 0;
  for (const std::uint64_t offset :
       {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{0x27},
        std::uint64_t{HostRegisters::kMapBytes}, std::uint64_t{0x1'0000'0000}, ~std::uint64_t{3}}) {
    EXPECT_EQ(registers_.read(offset, value), Access::kUnmapped) << offset;
    EXPECT_EQ(registers_.write(offset, 1), Access::kUnmapped) << offset;
  }
}

TEST_F(HostRegistersTest, BusyRefusesEverythingButInterruptsAndReset) {
  start();
  EXPECT_EQ(read(HostRegister::kStatus), HostRegisters::kBusy);
  for (std::uint32_t offset = 0x20; offset < 0x38; offset += 4) {
    EXPECT_EQ(registers_.write(offset, 1), Access::kBusy) << offset;
  }
  EXPECT_EQ(write(HostRegister::kControl, HostRegisters::kStart), Access::kBusy);
  EXPECT_EQ(registers_.take_command(), Command::kNone);
  EXPECT_EQ(registers_.placement(), (Placement{0x100, 0x1'0000'0200, 0x300}));
  EXPECT_EQ(write(HostRegister::kIrqEnable, 3), Access::kOk);
  EXPECT_EQ(write(HostRegister::kIrqStatus, 3), Access::kOk);
  EXPECT_EQ(write(HostRegister::kControl, 0), Access::kOk);
  EXPECT_EQ(write(HostRegister::kControl, HostRegisters::kReset), Access::kOk);
  EXPECT_EQ(registers_.take_command(), Command::kReset);
  EXPECT_TRUE(registers_.busy()) << "until the accelerator has stopped";
}

TEST_F(HostRegistersTest, AnInterruptIsRaisedByItsEventEnabledByItsBitAndClearedByAOne) {
  start();
  registers_.run_ended({});
  EXPECT_EQ(read(HostRegister::kStatus), HostRegisters::kIdle | HostRegisters::kDone);
  EXPECT_EQ(read(HostRegister::kIrqStatus), HostRegisters::kIrqDone);
  EXPECT_FALSE(registers_.interrupt());
  ASSERT_EQ(write(HostRegister::kIrqEnable, HostRegisters::kIrqError), Access::kOk);
  EXPECT_FALSE(registers_.interrupt());
  ASSERT_EQ(write(HostRegister::kIrqEnable, HostRegisters::kIrqDone), Access::kOk);
  EXPECT_TRUE(registers_.interrupt());
  ASSERT_EQ(write(HostRegister::kIrqStatus, HostRegisters::kIrqError), Access::kOk);
  EXPECT_TRUE(registers_.interrupt());
  ASSERT_EQ(write(HostRegister::kIrqStatus, HostRegisters::kIrqDone), Access::kOk);
  EXPECT_FALSE(registers_.interrupt());
  EXPECT_EQ(read(HostRegister::kStatus), HostRegisters::kIdle | HostRegisters::kDone);
}

TEST_F(HostRegistersTest, AnErrorSaysWhereAndIsForgottenByTheNextStart) {
  start();
  registers_.run_ended({RunState::kFailed, RunError::kBus, 0x5'0000'0010, "refused"});
  EXPECT_EQ(read(HostRegister::kStatus), HostRegisters::kIdle | HostRegisters::kFailed);
  EXPECT_EQ(read(HostRegister::kErrorCode), 2U);
  EXPECT_EQ(read_at(0x50), 0x10U);
  EXPECT_EQ(read_at(0x54), 5U);
  EXPECT_EQ(read(HostRegister::kIrqStatus), HostRegisters::kIrqError);
  start();
  EXPECT_EQ(read(HostRegister::kStatus), HostRegisters::kBusy);
  EXPECT_EQ(read(HostRegister::kErrorCode), 0U);
  EXPECT_EQ(read_at(0x54), 0U);
}

TEST_F(HostRegistersTest, ResetRestoresEverything) {
  ASSERT_EQ(registers_.write(0x20, 77), Access::kOk);
  ASSERT_EQ(write(HostRegister::kIrqEnable, 3), Access::kOk);
  start();
  registers_.run_ended({});
  ASSERT_EQ(write(HostRegister::kControl, HostRegisters::kReset | HostRegisters::kStart),
            Access::kOk);
  EXPECT_EQ(registers_.take_command(), Command::kNone) << "RESET wins over START";
  EXPECT_EQ(read(HostRegister::kStatus), HostRegisters::kIdle);
  EXPECT_EQ(read(HostRegister::kIrqEnable), 0U);
  EXPECT_EQ(read(HostRegister::kIrqStatus), 0U);
  EXPECT_EQ(registers_.placement().program, 0x100U);

  ASSERT_EQ(registers_.write(0x20, 77), Access::kOk);
  start();
  registers_.run_ended({RunState::kStopped, RunError::kNone, 0, ""});
  EXPECT_EQ(read(HostRegister::kStatus), HostRegisters::kIdle);
  EXPECT_EQ(registers_.placement().program, 0x100U);
}

TEST_F(HostRegistersTest, ARunThatEndsBeforeItCouldStopIsResetToo) {
  for (const RunState state : {RunState::kDone, RunState::kFailed}) {
    ASSERT_EQ(registers_.write(0x20, 77), Access::kOk);
    start();
    ASSERT_EQ(write(HostRegister::kControl, HostRegisters::kReset), Access::kOk);
    registers_.run_ended({state, RunError::kNone, 0, ""});
    EXPECT_EQ(read(HostRegister::kStatus), HostRegisters::kIdle);
    EXPECT_EQ(read(HostRegister::kIrqStatus), 0U);
    EXPECT_EQ(registers_.placement().program, 0x100U);
    start();
    registers_.run_ended({});
    EXPECT_EQ(read(HostRegister::kStatus), HostRegisters::kIdle | HostRegisters::kDone)
        << "a reset holds for one run";
    ASSERT_EQ(write(HostRegister::kControl, HostRegisters::kReset), Access::kOk);
  }
}

TEST_F(HostRegistersTest, TheCycleCounterIsReadInOnePiece) {
  registers_.set_cycles(Cycles(0x1'ffff'ffff));
  EXPECT_EQ(read_at(0x48), 0xffffffffU);
  registers_.set_cycles(Cycles(0x2'0000'0000));
  EXPECT_EQ(registers_.peek(0x48), 0U) << "a look must not latch";
  EXPECT_EQ(read_at(0x4c), 1U);
  EXPECT_EQ(read_at(0x48), 0U);
  EXPECT_EQ(read_at(0x4c), 2U);
}

}  // namespace
}  // namespace brownout::accel
