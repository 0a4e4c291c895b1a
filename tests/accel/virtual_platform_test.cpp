// SPDX-License-Identifier: Apache-2.0
// The accelerator on a virtual platform whose processor, interconnect and memory know nothing of
// it but TLM-2.0: program, start, interrupt, read back logits.
#include "tests/accel/virtual_platform.h"

#include <gtest/gtest.h>

#include "accel/accelerator_module.h"
#include "accel/kernel_module.h"
#include "models/reference.h"

namespace brownout::accel {
namespace {

/// Counts that no memory can change, whatever its time.
void expect_same_work(const RunStatistics& a, const RunStatistics& b) {
  ASSERT_EQ(a.layers.size(), b.layers.size());
  for (std::size_t i = 0; i < a.layers.size(); ++i) {
    for (const memory::GroupId group : memory::kGroups) {
      EXPECT_EQ(a.layers[i].accesses[group], b.layers[i].accesses[group]) << a.names[i];
    }
    EXPECT_EQ(a.layers[i].macs, b.layers[i].macs) << a.names[i];
    EXPECT_EQ(a.layers[i].vector_ops, b.layers[i].vector_ops) << a.names[i];
    EXPECT_EQ(a.layers[i].dram_read_bytes, b.layers[i].dram_read_bytes) << a.names[i];
    EXPECT_EQ(a.layers[i].dram_write_bytes, b.layers[i].dram_write_bytes) << a.names[i];
  }
}

struct Environment {
  const char* name;
  bool waits;
  double beat_ns;
  double latency_ns;
  double hop_ns;
  double clock_hz;
};

class ForeignPlatform : public testing::TestWithParam<Environment> {};

TEST_P(ForeignPlatform, RunsTwoImagesInSequence) {
  const Environment& environment = GetParam();
  const auto ns = [](double value) { return sc_time(value, sc_core::SC_NS); };
  for (std::uint64_t seed = 0; seed < 25; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Work work(seed);
    work.machine.accelerator.clock = Hertz(environment.clock_hz);
    const RunStatistics expected = work.engine_run(0).statistics;
    const KernelScope kernel;
    std::vector<std::vector<std::int32_t>> logits;
    std::vector<RunStatistics> statistics;
    std::vector<std::uint64_t> cycles;
    Platform platform(work,
                      {environment.waits, ns(environment.beat_ns), 8, ns(environment.latency_ns)},
                      ns(environment.hop_ns), [&](Cpu& cpu) {
                        load_program(cpu, work);
                        for (std::size_t i = 0; i < work.inputs.size(); ++i) {
                          start_and_wait(cpu, work.inputs[i], i * 0x10008);
                          logits.push_back(read_logits(cpu, work, i * 0x10008));
                          statistics.push_back(work.statistics);
                          cycles.push_back(cpu.read_register_pair(at(HostRegister::kCycles)));
                          cpu.pause(sc_time(12345.678, sc_core::SC_NS));  // off anybody's clock
                        }
                      });
    platform.run();
    ASSERT_EQ(logits.size(), 2U);
    for (std::size_t i = 0; i < logits.size(); ++i) {
      EXPECT_EQ(logits[i], models::run_reference(work.graph, work.inputs[i]).logits);
      EXPECT_EQ(statistics[i].total().total_cycles(), Cycles(cycles[i]))
          << "every cycle of a run belongs to one activity";
    }
    EXPECT_EQ(cycles[0], cycles[1]);
    expect_same_work(statistics[0], statistics[1]);
    expect_same_work(statistics[0], expected);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, ForeignPlatform,
    testing::Values(Environment{"waits", true, 1, 20, 0, 1e9},
                    Environment{"annotates", false, 1, 20, 0, 1e9},
                    Environment{"waits_off_the_clock", true, 0.7, 13.3, 0.25, 1.2e9},
                    Environment{"annotates_off_the_clock", false, 0.7, 13.3, 0.25, 1.2e9},
                    Environment{"takes_no_time", false, 0, 0, 0, 1e9}),
    [](const auto& kind) { return std::string(kind.param.name); });

/// Makes the built-in DRAM what foreign::Memory is: a bus with a latency, a byte a nanosecond.
void flatten_dram(Machine& machine, Picoseconds latency) {
  memory::DramConfig& dram = machine.accelerator.dram;
  dram.clock = Hertz(1e9);
  dram.bytes_per_cycle = 1;
  dram.burst_bytes = Bytes(1);
  dram.channels = 1;
  dram.t_rp = dram.t_rcd = dram.t_cl = Picoseconds(0);
  dram.latency = latency;
}

TEST(ForeignMemory, MayHoldAnythingBehindATensorUnderAnErrorCode) {
  for (std::uint64_t seed = 0; seed < 25; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Work work(seed);
    work.machine.accelerator.buffers[memory::GroupId::kIfmap].ecc.choice = {
        memory::Code::kParity, memory::OnError::kZeroWord};
    work.point = rails(0.8, 1, 1);
    const memory::Chip chip = work.chip();
    const models::Inference expected = work.engine_run(0).inference;
    const KernelScope kernel;
    std::vector<std::int32_t> logits;
    Platform platform(
        work, {}, sc_time(1, sc_core::SC_NS),
        [&](Cpu& cpu) {
          load_program(cpu, work);
          start_and_wait(cpu, work.inputs[0], 0);
          logits = read_logits(cpu, work, 0);
        },
        &chip);
    platform.run();
    EXPECT_EQ(logits, expected.logits);
  }
}

TEST(ForeignMemory, OfTheSameTimingGivesTheSameCycles) {
  for (std::uint64_t seed = 100; seed < 140; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    // A target that waits holds the DMA engine, so its latencies add up where the built-in memory's
    // overlap; without latency both are the same.
    const bool waits = seed % 2 == 0;
    const Picoseconds latency(waits ? 0 : 40'000);
    Work work(seed);
    flatten_dram(work.machine, latency);
    const RunStatistics expected = work.engine_run(1).statistics;
    const KernelScope kernel;
    Platform platform(
        work, {waits, sc_time(1, sc_core::SC_NS), 1, sc_time(latency.count(), sc_core::SC_PS)}, {},
        [&](Cpu& cpu) {
          load_program(cpu, work);
          start_and_wait(cpu, work.inputs[1]);
        });
    platform.run();
    expect_same_work(work.statistics, expected);
    for (std::size_t i = 0; i < expected.layers.size(); ++i) {
      EXPECT_EQ(work.statistics.layers[i].cycles, expected.layers[i].cycles) << expected.names[i];
    }
  }
}

/// Starts the accelerator on weights written by debug transport; nobody else uses the bus.
void run_without_host(Platform& platform, const Work& work, std::uint64_t boundary) {
  work.image.write_weights(0, [&](std::uint64_t address, std::vector<std::uint8_t> bytes) {
    tlm::tlm_generic_payload payload;
    payload.set_write();
    payload.set_address(address);
    payload.set_data_ptr(bytes.data());
    payload.set_data_length(static_cast<unsigned>(bytes.size()));
    ASSERT_EQ(platform.memory.transport_dbg(payload), bytes.size());
  });
  platform.memory.forbid_crossing(boundary);
  platform.core.start(work.image.at(kMemoryBase));
  platform.run();
  ASSERT_EQ(platform.core.end()->state, RunState::kDone);
}

TEST(ForeignMemory, SeesTransactionsAtEdgesOfTheAcceleratorsClockOnly) {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Work work(seed);
    work.machine.accelerator.clock = Hertz(1.25e9);
    const KernelScope kernel;
    Platform platform(work, {false, sc_time(0.7, sc_core::SC_NS), 8, sc_time(5.1, sc_core::SC_NS)},
                      {}, [](Cpu& /*cpu*/) {});
    run_without_host(platform, work, work.machine.accelerator.dma.max_burst.count());
    ASSERT_FALSE(platform.memory.arrivals().empty());
    for (const sc_time& arrival : platform.memory.arrivals()) {
      ASSERT_EQ(arrival % sc_time(800, sc_core::SC_PS), sc_core::SC_ZERO_TIME) << arrival;
    }
  }
}

TEST(ForeignMemory, SeesNoBurstLongerThanConfigured) {
  std::size_t longest_unlimited = 0;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    for (const std::uint64_t limit : {std::uint64_t{1} << 20U, std::uint64_t{64}}) {
      SCOPED_TRACE("seed " + std::to_string(seed));
      Work work(seed);
      work.machine.accelerator.dma.max_burst = Bytes(limit);
      const KernelScope kernel;
      Platform platform(work, {}, {}, [](Cpu& /*cpu*/) {});
      run_without_host(platform, work, limit);
      EXPECT_LE(platform.memory.longest_burst(), limit);
      if (limit > 64) {
        longest_unlimited = std::max(longest_unlimited, platform.memory.longest_burst());
      }
    }
  }
  EXPECT_GT(longest_unlimited, 64U) << "the limit was never needed";
}

TEST(Driver, ARefusedTransactionIsAnErrorInterruptAndTheNextRunIsFine) {
  for (const bool waits : {false, true}) {
    Work work(3);
    const KernelScope kernel;
    std::vector<std::int32_t> logits;
    Platform* platform = nullptr;
    const auto software = [&](Cpu& cpu) {
      load_program(cpu, work);
      platform->memory.refuse(kInput - kMemoryBase, tlm::TLM_GENERIC_ERROR_RESPONSE);
      cpu.write(kInput + 8, work.inputs[0]);
      cpu.write_register_pair(at(HostRegister::kInputAddress), kInput);
      cpu.write_register(at(HostRegister::kControl), HostRegisters::kStart);
      cpu.wait_for_interrupt();
      EXPECT_EQ(cpu.read_register(at(HostRegister::kIrqStatus)), HostRegisters::kIrqError);
      EXPECT_EQ(cpu.read_register(at(HostRegister::kStatus)),
                HostRegisters::kIdle | HostRegisters::kFailed);
      EXPECT_EQ(cpu.read_register(at(HostRegister::kErrorCode)),
                static_cast<std::uint32_t>(RunError::kBus));
      EXPECT_EQ(cpu.read_register_pair(at(HostRegister::kErrorAddress)), kInput);
      EXPECT_NE(platform->core.end()->message.find("0x40200008: TLM_GENERIC_ERROR_RESPONSE"),
                std::string::npos)
          << platform->core.end()->message;
      cpu.write_register(at(HostRegister::kIrqStatus), HostRegisters::kIrqError);
      start_and_wait(cpu, work.inputs[0], 64);
      logits = read_logits(cpu, work, 64);
    };
    Platform made(work, {waits, sc_time(1, sc_core::SC_NS), 8, sc_time(9, sc_core::SC_NS)}, {},
                  software);
    platform = &made;
    made.run();
    EXPECT_EQ(logits, models::run_reference(work.graph, work.inputs[0]).logits);
  }
}

TEST(Driver, AProgramBeyondTheAddressSpaceIsAnError) {
  Work work(4);
  const KernelScope kernel;
  Platform platform(work, {}, {}, [&](Cpu& cpu) {
    load_program(cpu, work);
    cpu.write_register_pair(at(HostRegister::kOutputAddress), ~std::uint64_t{0});
    cpu.write_register(at(HostRegister::kControl), HostRegisters::kStart);
    cpu.wait_for_interrupt();
    EXPECT_EQ(cpu.read_register(at(HostRegister::kErrorCode)),
              static_cast<std::uint32_t>(RunError::kPlacement));
  });
  platform.run();
}

TEST(Driver, ResetStopsARunAtItsNextStepAndTheNextRunIsFine) {
  int stopped = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Work work(seed);
    const RunStatistics expected = work.engine_run(0).statistics;
    const KernelScope kernel;
    std::vector<std::int32_t> logits;
    Platform platform(work, {true, sc_time(1, sc_core::SC_NS), 8, {}}, {}, [&](Cpu& cpu) {
      load_program(cpu, work);
      cpu.write_register_pair(at(HostRegister::kInputAddress), kInput);
      cpu.write_register(at(HostRegister::kControl), HostRegisters::kStart);
      cpu.pause(sc_time(100 + 77 * static_cast<double>(seed), sc_core::SC_NS));
      cpu.write_register(at(HostRegister::kControl), HostRegisters::kReset);
      while (cpu.read_register(at(HostRegister::kStatus)) == HostRegisters::kBusy) {
        cpu.pause(sc_time(100, sc_core::SC_NS));
      }
      if (platform.core.end()->state == RunState::kStopped) ++stopped;
      EXPECT_EQ(cpu.read_register(at(HostRegister::kStatus)), HostRegisters::kIdle);
      EXPECT_EQ(cpu.read_register_pair(at(HostRegister::kProgramBase)), 0U);
      load_program(cpu, work);
      start_and_wait(cpu, work.inputs[0]);
      logits = read_logits(cpu, work);
    });
    platform.run();
    EXPECT_EQ(logits, models::run_reference(work.graph, work.inputs[0]).logits);
    expect_same_work(work.statistics, expected);
  }
  EXPECT_GT(stopped, 10);
}

TEST(BuiltInMemory, RunsAgainWithoutAHost) {
  Work work(7);
  const RunStatistics expected = work.engine_run(0).statistics;
  const KernelScope kernel;
  AcceleratorModule accelerator("accelerator",
                                {work.graph, work.program, work.statistics, Payload::kCarried},
                                work.machine, work.point, nullptr);
  memory::Dram& dram = accelerator.dram();
  work.image.write_weights(0, [&](std::uint64_t address, const std::vector<std::uint8_t>& bytes) {
    dram.write(address, bytes.data(), bytes.size());
  });
  for (std::size_t i = 0; i < work.inputs.size(); ++i) {
    const std::vector<std::uint8_t>& input = work.inputs[i];
    dram.write(work.image.at(0).input, input.data(), input.size());
    accelerator.run();
    std::vector<std::uint8_t> output(work.image.output_bytes());
    dram.read(work.image.at(0).output, output.data(), output.size());
    EXPECT_EQ(work.image.logits(output), models::run_reference(work.graph, input).logits);
    expect_same_work(work.statistics, expected);
    EXPECT_EQ(accelerator.elapsed(), work.statistics.total().total_cycles());
    // The second run finds the rows open that the first one left.
    if (i == 0) {
      EXPECT_EQ(work.statistics.total(), expected.total());
    }
  }
}

}  // namespace
}  // namespace brownout::accel
