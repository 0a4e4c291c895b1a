// SPDX-License-Identifier: Apache-2.0
// The host's TLM-2.0 target driven by a bare initiator: every wrong access gets the response the
// standard has for it.
#include "accel/host_module.h"

#include <gtest/gtest.h>
#include <tlm_utils/simple_initiator_socket.h>

#include <cstring>
#include <functional>
#include <utility>

#include "accel/kernel_module.h"

namespace brownout::accel {
namespace {

struct Initiator : sc_core::sc_module {
  explicit Initiator(sc_core::sc_module_name name) : sc_module(name) { SC_THREAD(run); }
  SC_HAS_PROCESS(Initiator);
  void run() {
    script();
    ran = true;
  }
  tlm_utils::simple_initiator_socket<Initiator> socket{"socket"};
  std::function<void()> script = [] {};
  bool ran = false;
};

/// Remembers what it was asked.
struct Sequencer : sc_core::sc_module, RunInterface {
  explicit Sequencer(sc_core::sc_module_name name) : sc_module(name) {}
  void start(const Placement& at) override {
    placement = at;
    started_at = sc_core::sc_time_stamp();
    ++starts;
    listener->run_started();
  }
  void stop() override { ++stops; }
  Cycles cycles() const override { return Cycles(0x3'0000'0005); }

  RunListener* listener = nullptr;
  Placement placement;
  sc_core::sc_time started_at;
  int starts = 0;
  int stops = 0;
};

class HostModuleTest : public testing::Test {
 protected:
  HostModuleTest() {
    initiator_.socket.bind(host_.socket);
    host_.accelerator(sequencer_);
    host_.irq(irq_);
    sequencer_.listener = &host_;
  }

  /// Runs `script` as the initiator's process.
  void run(std::function<void()> script) {
    initiator_.script = std::move(script);
    sc_core::sc_start();
    ASSERT_TRUE(initiator_.ran);
  }

  tlm::tlm_response_status access(tlm::tlm_command command, std::uint64_t address,
                                  unsigned bytes = 4) {
    payload_.set_command(command);
    payload_.set_address(address);
    payload_.set_data_ptr(data_);
    payload_.set_data_length(bytes);
    payload_.set_streaming_width(bytes);
    payload_.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    return send();
  }
  tlm::tlm_response_status send() {
    delay_ = sc_core::SC_ZERO_TIME;
    initiator_.socket->b_transport(payload_, delay_);
    return payload_.get_response_status();
  }
  tlm::tlm_response_status write(std::uint64_t address, std::uint32_t value) {
    std::memcpy(data_, &value, sizeof value);
    return access(tlm::TLM_WRITE_COMMAND, address);
  }
  std::uint32_t read(std::uint64_t address) {
    EXPECT_EQ(access(tlm::TLM_READ_COMMAND, address), tlm::TLM_OK_RESPONSE);
    std::uint32_t value = 0;
    std::memcpy(&value, data_, sizeof value);
    return value;
  }

  KernelScope kernel_;
  ClockPeriod period_{Hertz(1e9)};
  HostModule host_{"host", {{0, 64, 128}, 4096, 48, 40, 8}, period_};
  Sequencer sequencer_{"sequencer"};
  Initiator initiator_{"initiator"};
  sc_core::sc_signal<bool> irq_{"irq"};
  tlm::tlm_generic_payload payload_;
  sc_core::sc_time delay_;
  unsigned char data_[512] = {};
};

TEST_F(HostModuleTest, AWordAccessTakesOneCycle) {
  run([&] {
    EXPECT_EQ(read(0x00), HostRegisters::kId);
    EXPECT_EQ(delay_, sc_core::sc_time(1, sc_core::SC_NS));
    EXPECT_EQ(write(0x20, 0x1234), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(read(0x20), 0x1234U);
    EXPECT_EQ(read(0x48), 5U);
    EXPECT_EQ(read(0x4c), 3U);
  });
}

TEST_F(HostModuleTest, AnswersEachWrongAccessAsTheStandardSays) {
  run([&] {
    for (const tlm::tlm_command command : {tlm::TLM_READ_COMMAND, tlm::TLM_WRITE_COMMAND}) {
      for (const unsigned bytes : {1U, 2U, 3U, 5U, 8U, 64U}) {
        EXPECT_EQ(access(command, 0x20, bytes), tlm::TLM_BURST_ERROR_RESPONSE) << bytes;
      }
      for (const std::uint64_t address : {std::uint64_t{0x21}, std::uint64_t{0x22},
                                          std::uint64_t{0x58}, std::uint64_t{1} << 40U}) {
        EXPECT_EQ(access(command, address), tlm::TLM_ADDRESS_ERROR_RESPONSE) << address;
      }
      static_cast<void>(access(command, 0x20));
      payload_.set_streaming_width(2);
      EXPECT_EQ(send(), tlm::TLM_BURST_ERROR_RESPONSE);
      payload_.set_streaming_width(4);
      unsigned char enables[4] = {0xff, 0xff, 0xff, 0xff};
      payload_.set_byte_enable_ptr(enables);
      payload_.set_byte_enable_length(4);
      EXPECT_EQ(send(), tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
      payload_.set_byte_enable_ptr(nullptr);
      payload_.set_byte_enable_length(0);
    }
    EXPECT_EQ(write(0x00, 1), tlm::TLM_COMMAND_ERROR_RESPONSE);
    EXPECT_EQ(write(0x20, 99), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(access(tlm::TLM_IGNORE_COMMAND, 0x20), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(access(tlm::TLM_IGNORE_COMMAND, 0x22), tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(read(0x20), 99U);
    EXPECT_EQ(sequencer_.starts, 0);
  });
}

TEST_F(HostModuleTest, StartsAtTheInitiatorsLocalTimeAndRefusesWritesWhileBusy) {
  run([&] {
    EXPECT_EQ(write(0x28, 0x500), tlm::TLM_OK_RESPONSE);
    const std::uint64_t before = sc_core::sc_time_stamp().value();
    const std::uint32_t start = HostRegisters::kStart;
    std::memcpy(data_, &start, sizeof start);
    payload_.set_address(0x08);
    delay_ = sc_core::sc_time(70, sc_core::SC_NS);
    initiator_.socket->b_transport(payload_, delay_);
    EXPECT_TRUE(payload_.is_response_ok());
    EXPECT_EQ(sequencer_.started_at.value() - before, sc_core::sc_time(70, sc_core::SC_NS).value());
    EXPECT_EQ(sequencer_.placement, (Placement{0, 0x500, 128}));
    EXPECT_EQ(write(0x28, 0x600), tlm::TLM_GENERIC_ERROR_RESPONSE);
    EXPECT_EQ(write(0x08, HostRegisters::kStart), tlm::TLM_GENERIC_ERROR_RESPONSE);
    EXPECT_EQ(read(0x28), 0x500U);
    EXPECT_EQ(write(0x08, HostRegisters::kReset), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(sequencer_.starts, 1);
    EXPECT_EQ(sequencer_.stops, 1);
  });
}

TEST_F(HostModuleTest, TheInterruptLineFollowsItsRegisters) {
  run([&] {
    const auto settle = [] { sc_core::wait(sc_core::sc_time(1, sc_core::SC_NS)); };
    EXPECT_EQ(write(0x10, HostRegisters::kIrqDone), tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(write(0x08, HostRegisters::kStart), tlm::TLM_OK_RESPONSE);
    settle();
    EXPECT_FALSE(irq_.read());
    host_.run_ended({});
    settle();
    EXPECT_TRUE(irq_.read());
    EXPECT_EQ(write(0x14, HostRegisters::kIrqDone), tlm::TLM_OK_RESPONSE);
    settle();
    EXPECT_FALSE(irq_.read());
  });
}

TEST_F(HostModuleTest, DeniesDirectMemoryAccessToTheWholeMap) {
  run([&] {
    payload_.set_dmi_allowed(true);
    EXPECT_EQ(read(0x00), HostRegisters::kId);
    EXPECT_FALSE(payload_.is_dmi_allowed());
    tlm::tlm_dmi dmi;
    EXPECT_FALSE(initiator_.socket->get_direct_mem_ptr(payload_, dmi));
    EXPECT_TRUE(dmi.is_read_write_allowed()) << "of the range denied (TLM-2.0, DMI)";
    EXPECT_EQ(dmi.get_start_address(), 0U);
    EXPECT_EQ(dmi.get_end_address(), ~std::uint64_t{0});
  });
}

TEST_F(HostModuleTest, DebugTransportLooksWithoutTouching) {
  run([&] {
    payload_.set_read();
    payload_.set_address(2);
    payload_.set_data_ptr(data_);
    payload_.set_data_length(sizeof data_);
    EXPECT_EQ(initiator_.socket->transport_dbg(payload_), HostRegisters::kMapBytes - 2);
    std::uint32_t version = 0;
    std::memcpy(&version, data_ + 2, sizeof version);
    EXPECT_EQ(version, HostRegisters::kVersion);
    std::uint32_t high = 1;
    std::memcpy(&high, data_ + 0x4a, sizeof high);
    EXPECT_EQ(high, 0U) << "nothing has latched the cycle counter";

    payload_.set_address(HostRegisters::kMapBytes);
    EXPECT_EQ(initiator_.socket->transport_dbg(payload_), 0U);
    payload_.set_write();
    payload_.set_address(0x08);
    payload_.set_data_length(4);
    const std::uint32_t start = HostRegisters::kStart;
    std::memcpy(data_, &start, sizeof start);
    EXPECT_EQ(initiator_.socket->transport_dbg(payload_), 0U);
    EXPECT_EQ(sequencer_.starts, 0);
  });
}

}  // namespace
}  // namespace brownout::accel
