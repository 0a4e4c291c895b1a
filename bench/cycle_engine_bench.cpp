// SPDX-License-Identifier: Apache-2.0
// Speed of the cycle engine on one core: the register-level array alone, and the whole accelerator
// with data carried and every access counted. Figures are simulated cycles per CPU second, printed
// against the targets as ratios.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <utility>
#include <vector>

#include "accel/accelerator_config.h"
#include "accel/cycle_engine.h"
#include "accel/register_array.h"
#include "bench/fast_inference_networks.h"
#include "sim/config/document.h"

namespace brownout::bench {
namespace {

constexpr double kArrayTarget = 10e6;  // array cycles a second, register level with data
constexpr double kEngineTarget = 1e6;  // simulated cycles a second, everything carried and counted
constexpr std::uint32_t kCyclesPerStep = 16;  // as the array module wakes

accel::Machine demo_machine() {
  const auto load = [](const char* file, auto read) {
    config::Document document =
        config::Document::load(std::filesystem::path(BROWNOUT_SOURCE_DIR) / "configs" / file);
    auto result = read(document.root());
    document.finish();
    return result;
  };
  return {load("accel/os32.yaml", accel::read_accelerator_config),
          load("memory/ibm14nm.yaml", memory::read_memory_config)};
}

void report(benchmark::State& state, std::uint64_t cycles, double target) {
  const auto count = static_cast<double>(cycles);
  state.counters["cycles_per_s"] = benchmark::Counter(count, benchmark::Counter::kIsRate);
  state.counters["times_target"] = benchmark::Counter(count / target, benchmark::Counter::kIsRate);
}

/// Folds of K products on a 32 x 32 array, operands fed each cycle; argument: K.
void register_array(benchmark::State& state) {
  constexpr std::uint32_t kSide = 32;
  const auto k = static_cast<std::uint32_t>(state.range(0));
  accel::RegisterArray array(kSide, kSide);
  const std::vector<std::int32_t> bias(kSide, 7);
  std::uint64_t cycles = 0;
  while (state.KeepRunning()) {
    array.begin_fold(k, bias);
    while (array.time() < array.duration()) {
      const std::uint32_t begin = array.time();
      const std::uint32_t step = std::min(kCyclesPerStep, array.duration() - begin);
      const std::uint32_t end = std::min(begin + step, k);
      for (std::uint32_t lane = 0; lane < kSide; ++lane) {
        for (std::uint32_t t = begin; t < end; ++t) {
          array.feed_ifmap(lane, t, static_cast<std::int16_t>((t * 7 + lane) % 256));
        }
      }
      for (std::uint32_t t = begin; t < end; ++t) {
        for (std::uint32_t lane = 0; lane < kSide; ++lane) {
          array.feed_filter(lane, t, static_cast<std::int8_t>(t * 5 + lane));
        }
      }
      array.advance(step);
    }
    benchmark::DoNotOptimize(array.row(0));
    cycles += array.duration();
  }
  report(state, cycles, kArrayTarget);
}
BENCHMARK(register_array)->Arg(144)->Arg(576)->Arg(1152);

/// One image through the shipped network at 1 % bit errors; argument: whether data are carried.
void whole_engine(benchmark::State& state) {
  const models::Graph graph = fashion_resnet();
  const accel::Machine machine = demo_machine();
  const accel::OperatingPoint point(
      {{"logic", VminRatio(1)}, {"activations", VminRatio(1)}, {"weights", VminRatio(0.836)}});
  const memory::Chip chip(ChipId(0), machine.geometry(), accel::bit_error_rates(machine, point),
                          machine.memory.stuck_at);
  const accel::CycleEngine engine(graph, machine);
  const std::vector<std::uint8_t> image(graph.tensor(graph.input).shape.elements(), 100);
  std::uint64_t cycles = 0;
  while (state.KeepRunning()) {
    const accel::RunStatistics statistics =
        state.range(0) != 0 ? engine.run(image, chip, point).statistics : engine.time(point);
    cycles += statistics.total().total_cycles().count();
  }
  report(state, cycles, kEngineTarget);
}
BENCHMARK(whole_engine)->ArgName("payload")->Arg(1)->Arg(0)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace brownout::bench

BENCHMARK_MAIN();
