// SPDX-License-Identifier: Apache-2.0
#include "tests/accel/random_scenario.h"

#include <random>
#include <string>
#include <utility>
#include <vector>

#include "accel/fault_rates.h"
#include "tests/support/random_graph.h"

namespace brownout::accel {
namespace {

/// Every code that words of `word_bits` can have.
std::vector<memory::CodeChoice> codes_for(std::uint32_t word_bits) {
  using memory::Code;
  using memory::OnError;
  std::vector<memory::CodeChoice> codes = {{Code::kParity, OnError::kZeroWord},
                                           {Code::kParity, OnError::kZeroWeight}};
  if (word_bits >= 32) {
    codes.push_back({Code::kSecded32, OnError::kKeep});
    codes.push_back({Code::kSecded32, OnError::kZeroWord});
  }
  if (word_bits == 64) {
    codes.push_back({Code::kSecded64, OnError::kKeep});
    codes.push_back({Code::kSecded64, OnError::kZeroWord});
  }
  return codes;
}

}  // namespace

void protect(Machine& machine, std::uint64_t seed, double share) {
  std::mt19937_64 random(seed);
  const auto codes = codes_for(machine.memory.macro.word_bits);
  for (const memory::GroupId group : memory::kGroups) {
    memory::EccConfig& ecc = machine.accelerator.buffers[group].ecc;
    if (std::uniform_real_distribution<double>()(random) >= share) continue;
    ecc.choice = codes[random() % codes.size()];
    ecc.latency = static_cast<std::uint32_t>(random() % 3);
    ecc.energy_per_gate = Picojoules(0.002);
  }
}

Scenario scenario(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto roll = [&](int lowest, int highest) {
    return std::uniform_int_distribution<int>(lowest, highest)(random);
  };
  const auto voltage = [&] { return roll(0, 2) == 0 ? 1.0 : 0.8 + 0.01 * roll(0, 20); };
  const auto side = [&] {
    return static_cast<std::uint32_t>(roll(0, 3) == 0 ? roll(30, 70) : roll(1, 20));
  };
  test_support::RandomGraphLimits limits;
  limits.max_channels = 40;
  models::Graph graph = test_support::random_graph(seed, limits);
  Machine machine = small_machine(side(), side(), static_cast<std::uint32_t>(roll(4, 40)));
  const std::uint32_t bits[] = {16, 32, 64};
  machine.memory.macro.word_bits = bits[roll(0, 2)];
  machine.memory.macro.rows = 64 * 64 / machine.memory.macro.word_bits;
  ArrayConfig& array = machine.accelerator.array;
  array.dataflow = kDataflows.at(static_cast<std::size_t>(roll(0, 2)));
  array.body = kArrayBodies.at(static_cast<std::size_t>(roll(0, 1)));
  if (roll(0, 2) == 0) {
    array.loop_order = roll(0, 1) == 0 ? LoopOrder::kFilterOuter : LoopOrder::kIfmapOuter;
  }
  if (roll(0, 3) == 0) array.stream_block = static_cast<std::uint32_t>(roll(1, 30));
  if (roll(0, 4) == 0) machine.accelerator.memory = MemoryModel::kIdeal;
  if (roll(0, 2) == 0) machine.accelerator.conflicts = BankConflicts::kModelled;
  machine.accelerator.vector.words_per_cycle = static_cast<std::uint32_t>(roll(1, 5));
  memory::DramConfig& dram = machine.accelerator.dram;
  dram.bytes_per_cycle = static_cast<std::uint32_t>(roll(1, 32));
  dram.channels = static_cast<std::uint32_t>(roll(1, 4));
  dram.banks = static_cast<std::uint32_t>(roll(1, 16));
  dram.clock = Hertz(1e8 * roll(3, 30));  // its edges are not the accelerator's
  if (roll(0, 3) == 0) machine.accelerator.memory = MemoryModel::kIdeal;
  std::vector<std::uint8_t> input = test_support::random_input(graph, seed);
  OperatingPoint point = rails(voltage(), voltage(), voltage());
  if (roll(0, 1) == 0) {
    machine.memory.delay = memory::DelayLaw{Picoseconds(roll(300, 3000)), VminRatio(0.5), 1.3, ""};
    if (roll(0, 1) == 0) machine.accelerator.clocking = Clocking::kScaled;
  }
  for (const memory::GroupId group : memory::kGroups) {
    const std::string rail = memory::group_name(group);
    machine.ramps[rail] = {Picoseconds(roll(0, 3000000)), Picojoules(roll(0, 900)), ""};
    for (int changes = roll(-2, 2); changes > 0; --changes) {
      const int last = static_cast<int>(graph.nodes.size()) - 1;
      point = point.with(rail, VminRatio(voltage()), static_cast<std::uint32_t>(roll(0, last)));
    }
  }
  protect(machine, seed, 0.3);
  return {std::move(graph), machine, std::move(point), std::move(input)};
}

memory::Chip chip_for(const Scenario& s, std::uint64_t seed) {
  return chip_at(s.machine, ChipId(seed), s.point);
}

}  // namespace brownout::accel
