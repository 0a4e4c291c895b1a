// SPDX-License-Identifier: Apache-2.0
// The DRAM target driven by a bare TLM-2.0 initiator.
#include "accel/dram_module.h"

#include <gtest/gtest.h>
#include <tlm_utils/simple_initiator_socket.h>

#include "accel/clock_module.h"
#include "accel/dram_events.h"
#include "accel/kernel_module.h"
#include "tests/memory/dram_fixture.h"

namespace brownout::accel {
namespace {

struct Initiator : sc_core::sc_module {
  explicit Initiator(sc_core::sc_module_name name) : sc_module(name) {}
  tlm_utils::simple_initiator_socket<Initiator> socket{"socket"};
};

class DramModuleTest : public testing::Test {
 protected:
  DramModuleTest() { initiator_.socket.bind(dram_.socket); }

  /// One transaction; returns its annotated delay.
  Picoseconds access(tlm::tlm_command command, std::uint64_t address,
                     std::vector<std::uint8_t>& data) {
    payload_.set_command(command);
    payload_.set_address(address);
    payload_.set_data_ptr(data.data());
    payload_.set_data_length(static_cast<unsigned>(data.size()));
    payload_.set_streaming_width(static_cast<unsigned>(data.size()));
    payload_.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    sc_core::sc_time delay;
    initiator_.socket->b_transport(payload_, delay);
    return Picoseconds(delay / sc_core::sc_time(1, sc_core::SC_PS));
  }

  KernelScope kernel_;
  DramModule dram_{"dram", memory::Dram(Bytes(256), memory::small_dram())};
  Initiator initiator_{"initiator"};
  tlm::tlm_generic_payload payload_;
};

TEST_F(DramModuleTest, ReadsBackAfterItsLatencyAndNotACycleEarlier) {
  std::vector<std::uint8_t> data = {9, 8, 7, 6};
  const Picoseconds written = access(tlm::TLM_WRITE_COMMAND, 100, data);
  EXPECT_EQ(written, Picoseconds(12000 + 18000 + 2000));
  std::vector<std::uint8_t> back(28);
  // The bus is behind the write's data, the row is open.
  EXPECT_EQ(access(tlm::TLM_READ_COMMAND, 100, back), written + Picoseconds(2000 + 10000));
  EXPECT_TRUE(payload_.is_response_ok());
  EXPECT_EQ(std::vector<std::uint8_t>(back.begin(), back.begin() + 4), data);
}

TEST_F(DramModuleTest, TellsAnExtensionWhatItsBanksDid) {
  std::vector<std::uint8_t> data(65);
  DramEvents events;
  payload_.set_extension(&events);
  static_cast<void>(access(tlm::TLM_READ_COMMAND, 0, data));
  EXPECT_EQ(events.counts, (memory::DramCounts{3, 1}));
  static_cast<void>(access(tlm::TLM_WRITE_COMMAND, 32, data));
  payload_.clear_extension<DramEvents>();
  EXPECT_EQ(events.counts, (memory::DramCounts{6, 1}));
}

TEST(ClockPeriod, EdgesAreAtTheTimeOrTheNextAndNotOneLater) {
  const KernelScope kernel;
  const ClockPeriod period(Hertz(1e9));
  const auto picoseconds = [](double count) { return sc_core::sc_time(count, sc_core::SC_PS); };
  EXPECT_EQ(period.edge(picoseconds(0)), picoseconds(0));
  EXPECT_EQ(period.edge(picoseconds(1)), picoseconds(1000));
  EXPECT_EQ(period.edge(picoseconds(1999)), picoseconds(2000));
  EXPECT_EQ(period.edge(picoseconds(2000)), picoseconds(2000));
  EXPECT_EQ(period.edge(picoseconds(2001)), picoseconds(3000));
}

TEST_F(DramModuleTest, AnswersABadAddressWithAnError) {
  std::vector<std::uint8_t> data(16);
  EXPECT_EQ(access(tlm::TLM_READ_COMMAND, 250, data), Picoseconds(0));
  EXPECT_EQ(payload_.get_response_status(), tlm::TLM_ADDRESS_ERROR_RESPONSE);
}

TEST_F(DramModuleTest, DebugTransportTakesNoTime) {
  std::vector<std::uint8_t> data = {1, 2};
  payload_.set_write();
  payload_.set_address(0);
  payload_.set_data_ptr(data.data());
  payload_.set_data_length(2);
  payload_.set_streaming_width(2);
  EXPECT_EQ(initiator_.socket->transport_dbg(payload_), 2U);
  std::vector<std::uint8_t> back(2);
  EXPECT_EQ(access(tlm::TLM_READ_COMMAND, 0, back), Picoseconds(12000 + 18000 + 2000 + 10000));
  EXPECT_EQ(back, data);
}

}  // namespace
}  // namespace brownout::accel
