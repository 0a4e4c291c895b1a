// SPDX-License-Identifier: Apache-2.0
// A virtual platform around the accelerator: foreign processor, interconnect and memory, and the
// driver software that runs on the processor.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <utility>

#include "accel/accelerator_core_module.h"
#include "accel/cycle_engine.h"
#include "accel/fault_rates.h"
#include "accel/lowering.h"
#include "accel/program_image.h"
#include "tests/accel/foreign_cpu.h"
#include "tests/accel/foreign_memory.h"
#include "tests/accel/foreign_router.h"
#include "tests/accel/machine_fixture.h"
#include "tests/support/random_graph.h"

namespace brownout::accel {

using foreign::Cpu;
using sc_core::sc_time;

constexpr std::uint64_t kMemoryBase = 0x4000'0000;
constexpr std::uint64_t kRegisters = 0x1000;
constexpr std::uint64_t kProgram = kMemoryBase + 0x140;
constexpr std::uint64_t kBytes = 4U << 20U;
constexpr std::uint64_t kInput = kMemoryBase + (2U << 20U) + 8;
constexpr std::uint64_t kOutput = kMemoryBase + (3U << 20U) + 24;

inline std::uint64_t at(HostRegister place) {
  return kRegisters + static_cast<std::uint32_t>(place);
}

/// A random network on a small machine, and two images.
struct Work {
  explicit Work(std::uint64_t seed)
      : graph(test_support::random_graph(seed)),
        machine(small_machine(1 + static_cast<std::uint32_t>(seed % 13),
                              1 + static_cast<std::uint32_t>(seed % 11), 40)),
        program(lower(graph, machine)),
        image(graph, program),
        inputs{test_support::random_input(graph, seed),
               test_support::random_input(graph, seed + 1)},
        point(rails(1, 1, 1)) {}

  memory::Chip chip() const {
    return {ChipId(0), machine.geometry(), highest_fault_rates(machine, point),
            machine.memory.faults};
  }
  CycleRun engine_run(std::size_t index) const {
    return CycleEngine(graph, machine).run(inputs.at(index), chip(), point);
  }

  models::Graph graph;
  Machine machine;
  Program program;
  ProgramImage image;
  std::vector<std::vector<std::uint8_t>> inputs;
  OperatingPoint point;
  RunStatistics statistics;
};

class Platform {
 public:
  Platform(Work& work, const foreign::MemoryTiming& timing, const sc_time& hop,
           std::function<void(Cpu&)> software, const memory::Chip* chip = nullptr)
      : router_("router", kRegisters, kMemoryBase, hop),
        memory("memory", kBytes, timing),
        cpu("cpu", std::move(software)),
        core("accelerator", {work.graph, work.program, work.statistics, Payload::kCarried},
             work.machine, work.point, chip) {
    cpu.socket.bind(router_.socket);
    core.dma.bind(router_.socket);
    router_.low.bind(core.host);
    router_.high.bind(memory.socket);
    core.irq(irq_);
    cpu.irq(irq_);
  }

  void run() {
    sc_core::sc_start();
    ASSERT_TRUE(cpu.finished()) << "the software waits forever";
    EXPECT_EQ(memory.violations(), "");
  }

 private:
  foreign::Router router_;
  sc_core::sc_signal<bool> irq_{"irq"};

 public:
  foreign::Memory memory;
  Cpu cpu;
  AcceleratorCoreModule core;
};

/// What a driver does once.
inline void load_program(Cpu& cpu, const Work& work) {
  ASSERT_EQ(cpu.read_register(at(HostRegister::kId)), HostRegisters::kId);
  ASSERT_EQ(cpu.read_register_pair(at(HostRegister::kProgramBytes)), work.image.bytes());
  work.image.write_weights(
      kProgram, [&](std::uint64_t address, const auto& bytes) { cpu.write(address, bytes); });
  cpu.write_register_pair(at(HostRegister::kProgramBase), kProgram);
  cpu.write_register(at(HostRegister::kIrqEnable),
                     HostRegisters::kIrqDone | HostRegisters::kIrqError);
}

/// What it does for an image up to the interrupt, which it clears.
inline void start_and_wait(Cpu& cpu, const std::vector<std::uint8_t>& input,
                           std::uint64_t offset = 0) {
  ASSERT_EQ(cpu.read_register(at(HostRegister::kInputBytes)), input.size());
  cpu.write(kInput + offset, input);
  cpu.write_register_pair(at(HostRegister::kInputAddress), kInput + offset);
  cpu.write_register_pair(at(HostRegister::kOutputAddress), kOutput + offset);
  cpu.write_register(at(HostRegister::kControl), HostRegisters::kStart);
  ASSERT_EQ(cpu.read_register(at(HostRegister::kStatus)), HostRegisters::kBusy);
  cpu.wait_for_interrupt();
  cpu.write_register(at(HostRegister::kIrqStatus), cpu.read_register(at(HostRegister::kIrqStatus)));
}

inline std::vector<std::int32_t> read_logits(Cpu& cpu, const Work& work, std::uint64_t offset = 0) {
  EXPECT_EQ(cpu.read_register(at(HostRegister::kStatus)),
            HostRegisters::kIdle | HostRegisters::kDone);
  const std::uint32_t bytes = cpu.read_register(at(HostRegister::kOutputBytes));
  return work.image.logits(cpu.read(kOutput + offset, bytes));
}

}  // namespace brownout::accel
