// SPDX-License-Identifier: Apache-2.0
#include "tests/accel/recorder/traced_run.h"

#include <algorithm>
#include <random>
#include <utility>

#include "accel/fault_rates.h"
#include "sim/core/error.h"
#include "tests/support/random_graph.h"

namespace brownout::accel {

memory::Chip TracedScenario::chip() const { return chip_at(machine, ChipId(seed), point); }

TracedScenario traced_scenario(std::uint64_t seed) {
  std::mt19937_64 random(seed * 77 + 5);
  const auto roll = [&](int lowest, int highest) {
    return std::uniform_int_distribution<int>(lowest, highest)(random);
  };
  const auto voltage = [&] { return 0.8 + 0.01 * roll(0, 12); };
  test_support::RandomGraphLimits limits;
  limits.max_nodes = 4;
  limits.max_channels = 12;
  models::Graph graph = test_support::random_graph(seed, limits);
  Machine machine = small_machine(static_cast<std::uint32_t>(roll(1, 12)),
                                  static_cast<std::uint32_t>(roll(1, 20)),
                                  static_cast<std::uint32_t>(roll(2, 30)));
  const std::uint32_t bits[] = {16, 32, 64};
  machine.memory.macro.word_bits = bits[roll(0, 2)];
  machine.memory.macro.rows = 64 * 64 / machine.memory.macro.word_bits;
  machine.accelerator.vector.words_per_cycle = static_cast<std::uint32_t>(roll(1, 5));
  machine.accelerator.array.dataflow = static_cast<Dataflow>(roll(0, 2));
  machine.accelerator.array.body = roll(0, 2) == 0 ? ArrayBody::kBlock : ArrayBody::kRegister;
  machine.accelerator.conflicts =
      roll(0, 2) == 0 ? BankConflicts::kModelled : BankConflicts::kIdeal;
  machine.accelerator.memory = roll(0, 3) == 0 ? MemoryModel::kIdeal : MemoryModel::kModelled;
  memory::DramConfig& dram = machine.accelerator.dram;
  dram.bytes_per_cycle = static_cast<std::uint32_t>(roll(1, 32));
  dram.channels = static_cast<std::uint32_t>(roll(1, 4));
  dram.clock = Hertz(1e8 * roll(3, 30));
  if (roll(0, 1) == 0) {
    machine.memory.delay = memory::DelayLaw{Picoseconds(roll(300, 3000)), VminRatio(0.5), 1.3, ""};
    if (roll(0, 1) == 0) machine.accelerator.clocking = Clocking::kScaled;
  }
  OperatingPoint point = rails(voltage(), voltage(), voltage());
  for (const memory::GroupId group : memory::kGroups) {
    const std::string rail = memory::group_name(group);
    machine.ramps[rail] = {Picoseconds(roll(0, 300000)), Picojoules(roll(0, 900)), ""};
    for (int changes = roll(-1, 2); changes > 0; --changes) {
      const int layers = static_cast<int>(graph.nodes.size());
      point = point.with(rail, VminRatio(voltage()), static_cast<std::uint32_t>(roll(0, layers)));
    }
  }
  std::vector<std::uint8_t> input = test_support::random_input(graph, seed);
  return {std::move(graph), machine, std::move(point), std::move(input), seed};
}

TracePaths::TracePaths(const std::string& folder)
    : vcd(folder + "/run.vcd"),
      perfetto(folder + "/run.json"),
      access(folder + "/access"),
      power(folder + "/power.csv"),
      flips(folder + "/flips.csv.zst") {}

std::unique_ptr<TracedRun> traced_run(std::uint64_t seed, const std::string& folder,
                                      const std::function<void(TracedScenario&)>& change) {
  auto traced = std::make_unique<TracedRun>(TracedRun{traced_scenario(seed), {}, {}, {}, {}, {}});
  TracedScenario& scenario = traced->scenario;
  if (change) change(scenario);
  std::unique_ptr<CycleEngine> engine;
  try {
    engine = std::make_unique<CycleEngine>(scenario.graph, scenario.machine);
  } catch (const InputError&) {
    return nullptr;
  }
  const TracePaths paths(folder);
  TraceRequest request;
  request.vcd = paths.vcd;
  request.corner = {std::min(3U, scenario.machine.accelerator.array.rows),
                    std::min(3U, scenario.machine.accelerator.array.cols)};
  request.perfetto = paths.perfetto;
  request.access = paths.access;
  request.power = paths.power;
  request.power_step = 37;
  request.flips = paths.flips;
  TraceRecorder recorder(scenario.graph, engine->program(), scenario.machine, scenario.point,
                         request);
  Everything everything(recorder);
  traced->run = engine->run(scenario.input, scenario.chip(), scenario.point, 7, &everything);
  traced->total = traced->run.statistics.total();
  static_cast<void>(recorder.commit(traced->total));
  traced->accesses = std::move(everything.accesses);
  std::stable_sort(traced->accesses.begin(), traced->accesses.end(),
                   [](const Access& a, const Access& b) { return a.cycle < b.cycle; });
  traced->spans = std::move(everything.spans);
  traced->transfers = std::move(everything.transfers);
  return traced;
}

}  // namespace brownout::accel
