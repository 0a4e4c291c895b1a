// SPDX-License-Identifier: Apache-2.0
// Speed of the whole cycle engine on one core: one image at 1 % bit errors with data carried and
// every access counted, register by register or fold by fold, and the same without payload.
// Figures are simulated cycles per CPU second, printed against the targets as ratios.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "accel/accelerator_config.h"
#include "accel/cycle_engine.h"
#include "accel/fault_rates.h"
#include "bench/fast_inference_networks.h"
#include "models/zoo/untrained.h"
#include "sim/config/document.h"

namespace brownout::bench {
namespace {

enum class Work { kRegister, kBlock, kTimingOnly };
constexpr const char* kWorkNames[] = {"register", "block", "timing_only"};

struct Case {
  const char* network;
  accel::Dataflow dataflow;
  std::uint32_t side;
  Work work;
  double target;  ///< simulated cycles a second
};

// Cycles of the CIFAR ResNet-18 on a 32 x 32 output-stationary array over the seconds an image may
// take.
constexpr double kResNetCycles = 713705;
constexpr double kRegisterTarget32 = 2e6;
constexpr double kRegisterTarget128 = 0.5e6;
constexpr double kBlockTarget = 10e6;
constexpr double kTimingGain = 3;  // over the block body

accel::Machine machine_for(const Case& c) {
  const auto load = [](const char* file, auto read) {
    config::Document document =
        config::Document::load(std::filesystem::path(BROWNOUT_SOURCE_DIR) / "configs" / file);
    auto result = read(document.root());
    document.finish();
    return result;
  };
  accel::Machine machine{load("accel/os32.yaml", accel::read_accelerator_config),
                         load("memory/ibm14nm.yaml", memory::read_memory_config)};
  accel::ArrayConfig& array = machine.accelerator.array;
  array.rows = array.cols = c.side;
  array.dataflow = c.dataflow;
  array.body = c.work == Work::kBlock ? accel::ArrayBody::kBlock : accel::ArrayBody::kRegister;
  return machine;
}

models::Graph network(const std::string& name) {
  return name == "fashion_resnet" ? fashion_resnet() : models::make_untrained({name}).graph;
}

std::vector<Case> cases() {
  constexpr auto kOs = accel::Dataflow::kOutputStationary;
  std::vector<Case> all = {
      {"fashion_resnet", kOs, 32, Work::kRegister, kRegisterTarget32},
      {"fashion_resnet", kOs, 32, Work::kBlock, kResNetCycles / 0.1},
      {"fashion_resnet", kOs, 32, Work::kTimingOnly, kResNetCycles / 0.1 * kTimingGain},
      {"resnet18", kOs, 32, Work::kRegister, kResNetCycles / 0.4},
      {"resnet18", kOs, 32, Work::kBlock, kResNetCycles / 0.1},
      {"resnet18", kOs, 32, Work::kTimingOnly, kResNetCycles / 0.1 * kTimingGain}};
  for (const accel::Dataflow dataflow : accel::kDataflows) {
    if (dataflow != kOs) {
      all.push_back({"resnet18", dataflow, 32, Work::kRegister, kRegisterTarget32});
    }
    all.push_back({"resnet18", dataflow, 128, Work::kRegister, kRegisterTarget128});
    all.push_back({"resnet18", dataflow, 128, Work::kBlock, kBlockTarget});
    all.push_back({"resnet18", dataflow, 128, Work::kTimingOnly, kBlockTarget * kTimingGain});
  }
  return all;
}

/// Argument: which of `cases()`.
void whole_engine(benchmark::State& state) {
  const Case c = cases().at(static_cast<std::size_t>(state.range(0)));
  const models::Graph graph = network(c.network);
  const accel::Machine machine = machine_for(c);
  const accel::OperatingPoint point(
      {{"logic", VminRatio(1)}, {"activations", VminRatio(1)}, {"weights", VminRatio(0.836)}});
  const memory::Chip chip(ChipId(0), machine.geometry(), accel::highest_fault_rates(machine, point),
                          machine.memory.faults);
  const accel::CycleEngine engine(graph, machine);
  const std::vector<std::uint8_t> image(graph.tensor(graph.input).shape.elements(), 100);
  std::uint64_t cycles = 0;
  while (state.KeepRunning()) {
    const accel::RunStatistics statistics = c.work == Work::kTimingOnly
                                                ? engine.time(point)
                                                : engine.run(image, chip, point).statistics;
    cycles += statistics.total().total_cycles().count();
  }
  state.SetLabel(std::string(c.network) + " " + accel::dataflow_name(c.dataflow) +
                 std::to_string(c.side) + " " + kWorkNames[static_cast<int>(c.work)]);
  const auto count = static_cast<double>(cycles);
  state.counters["cycles_per_s"] = benchmark::Counter(count, benchmark::Counter::kIsRate);
  state.counters["times_target"] =
      benchmark::Counter(count / c.target, benchmark::Counter::kIsRate);
}

BENCHMARK(whole_engine)
    ->ArgName("case")
    ->DenseRange(0, static_cast<int>(cases().size()) - 1)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace brownout::bench

BENCHMARK_MAIN();
