// SPDX-License-Identifier: Apache-2.0
// Speed of the array alone on one core, in both bodies and all dataflows. Figures are simulated
// cycles per CPU second, printed against the targets as ratios.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "accel/array_core.h"

namespace brownout::bench {
namespace {

constexpr double kArrayTarget32 = 1 / 60e-9;              // cycles a second, 32 x 32 register body
constexpr double kArrayTarget128 = 1 / 300e-9;            // 128 x 128
constexpr double kBlockMacs = 128. * 128 * 1152 / 40e-6;  // products a second, block body
constexpr std::uint32_t kCyclesPerStep = 16;              // as the array module wakes

void report(benchmark::State& state, std::uint64_t cycles, double target) {
  const auto count = static_cast<double>(cycles);
  state.counters["cycles_per_s"] = benchmark::Counter(count, benchmark::Counter::kIsRate);
  state.counters["times_target"] = benchmark::Counter(count / target, benchmark::Counter::kIsRate);
}

/// A whole fold of operands on a square array.
struct ArrayLoad {
  accel::CoreFold fold;
  std::vector<std::uint8_t> left, top;
};

ArrayLoad make_load(accel::Dataflow dataflow, std::uint32_t side, std::uint32_t stream) {
  const bool os = dataflow == accel::Dataflow::kOutputStationary;
  ArrayLoad load;
  load.fold = {os ? side : stream, os ? stream : side, side, 3, nullptr, nullptr};
  const auto bytes = [](std::size_t count) {
    std::vector<std::uint8_t> result(count);
    for (std::size_t i = 0; i < count; ++i) result[i] = static_cast<std::uint8_t>(i * i + i / 256);
    return result;
  };
  load.left = bytes(std::size_t{load.fold.vectors} * load.fold.depth);
  load.top = bytes(std::size_t{load.fold.depth} * side);
  return load;
}

/// Operands of the next `cycles` cycles, as the array module feeds them.
void feed(accel::ArrayCore& core, const ArrayLoad& load, std::uint32_t cycles) {
  const accel::CoreFold& fold = load.fold;
  const bool os = core.dataflow() == accel::Dataflow::kOutputStationary;
  const std::uint32_t begin = core.time();
  const std::uint32_t end = std::min(begin + cycles, os ? fold.depth : fold.vectors);
  for (std::uint32_t v = os ? 0 : begin; begin < end && v < (os ? fold.vectors : end); ++v) {
    const std::uint32_t first = os ? begin : 0;
    core.feed_left(v, first, os ? end : fold.depth, &load.left[v * fold.depth + first]);
  }
}

void feed_top(accel::ArrayCore& core, const ArrayLoad& load, std::uint32_t begin,
              std::uint32_t end) {
  for (std::uint32_t k = begin; k < std::min(end, load.fold.depth); ++k) {
    core.feed_top(k, &load.top[std::size_t{k} * load.fold.columns]);
  }
}

/// Folds in the register body; arguments: dataflow, side, whether operands are fed. What they are
/// makes no difference to the array's time.
void register_array(benchmark::State& state) {
  constexpr std::uint32_t kStream = 1152;
  const auto dataflow = static_cast<accel::Dataflow>(state.range(0));
  const auto side = static_cast<std::uint32_t>(state.range(1));
  const bool fed = state.range(2) != 0;
  const bool os = dataflow == accel::Dataflow::kOutputStationary;
  state.SetLabel(accel::dataflow_name(dataflow));
  const ArrayLoad load = make_load(dataflow, side, kStream);
  const auto core = accel::make_array_core(dataflow, accel::ArrayBody::kRegister, {side, side});
  std::uint64_t cycles = 0;
  while (state.KeepRunning()) {
    core->begin_fold(load.fold);
    if (fed && !os) feed_top(*core, load, 0, load.fold.depth);
    while (core->time() < core->duration()) {
      const std::uint32_t begin = core->time();
      const std::uint32_t step = std::min(kCyclesPerStep, core->duration() - begin);
      if (fed) feed(*core, load, step);
      if (fed && os) feed_top(*core, load, begin, begin + step);
      core->advance(step);
    }
    benchmark::DoNotOptimize(core->result(load.fold.vectors - 1));
    cycles += core->duration();
  }
  report(state, cycles, side == 32 ? kArrayTarget32 : kArrayTarget128);
}
BENCHMARK(register_array)
    ->ArgNames({"dataflow", "side", "fed"})
    ->ArgsProduct({{0, 1, 2}, {32, 128}, {0, 1}});

/// Folds in the block body, packing included; arguments: dataflow, side, length of the stream.
void block_array(benchmark::State& state) {
  const auto dataflow = static_cast<accel::Dataflow>(state.range(0));
  const auto side = static_cast<std::uint32_t>(state.range(1));
  const auto stream = static_cast<std::uint32_t>(state.range(2));
  state.SetLabel(accel::dataflow_name(dataflow));
  const ArrayLoad load = make_load(dataflow, side, stream);
  const auto core = accel::make_array_core(dataflow, accel::ArrayBody::kBlock, {side, side});
  std::uint64_t cycles = 0;
  while (state.KeepRunning()) {
    core->begin_fold(load.fold);
    feed_top(*core, load, 0, load.fold.depth);
    feed(*core, load, stream);
    core->advance(core->duration());
    benchmark::DoNotOptimize(core->result(load.fold.vectors - 1));
    cycles += core->duration();
  }
  const auto macs = static_cast<double>(side) * side * stream;
  state.counters["macs_per_s"] =
      benchmark::Counter(macs, benchmark::Counter::kIsIterationInvariantRate);
  report(state, cycles, static_cast<double>(core->duration()) * kBlockMacs / macs);
}
BENCHMARK(block_array)
    ->ArgNames({"dataflow", "side", "stream"})
    ->ArgsProduct({{0, 1, 2}, {32}, {144, 576}})
    ->ArgsProduct({{0, 1, 2}, {128}, {1152}});

}  // namespace
}  // namespace brownout::bench

BENCHMARK_MAIN();
