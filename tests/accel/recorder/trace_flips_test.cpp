// SPDX-License-Identifier: Apache-2.0
// Flip traces say what happened: they turn stored words into those read, by cells that fail.
#include <gtest/gtest.h>

#include <map>
#include <tuple>

#include "tests/accel/recorder/traced_run.h"
#include "tests/traces/trace_folder.h"
#include "tests/traces/trace_readers.h"

namespace brownout::accel {
namespace {

using memory::GroupId;
using trace_readers::read_csv;

constexpr std::uint64_t kSeeds = 30;

using TraceFlips = traces::TraceFolder;

/// Cycle, operand, word.
using ReadKey = std::tuple<std::uint64_t, std::string, std::uint32_t>;

/// The flips of a trace, as what they XOR onto every read's word; each must name its cell.
std::map<ReadKey, std::uint64_t> flips_of(const std::string& file, const TracedRun& run) {
  std::map<ReadKey, std::uint64_t> flips;
  const auto rows = read_csv(file);
  const auto geometry = run.scenario.machine.geometry();
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const auto& row = rows[i];
    const auto word = static_cast<std::uint32_t>(std::stoul(row[3]));
    const GroupId group = row[2] == "ifmap"    ? GroupId::kIfmap
                          : row[2] == "filter" ? GroupId::kFilter
                                               : GroupId::kOfmap;
    const memory::WordLocation cell = geometry[group].locate(WordId(word));
    EXPECT_EQ(std::stoul(row[4]), cell.macro.value());
    EXPECT_EQ(std::stoul(row[5]), cell.row.value());
    const std::uint64_t bit = std::uint64_t{1} << std::stoul(row[6]);
    EXPECT_NE(row[7], row[8]) << "a flip changes its bit";
    EXPECT_EQ((std::stoull(row[9], nullptr, 16) & bit) != 0, row[7] == "1");
    EXPECT_EQ((std::stoull(row[10], nullptr, 16) & bit) != 0, row[8] == "1");
    flips[{std::stoull(row[0]), row[2], word}] |= bit;
  }
  return flips;
}

/// Bit-error rate of a buffer while `layer` reads it.
double rate_at(const TracedRun& run, GroupId group, std::uint32_t layer) {
  const Machine& machine = run.scenario.machine;
  return machine.memory.curve.bit_error_rate(
      run.scenario.point.at_layer(layer).voltage(machine.accelerator.buffers[group].rail));
}

TEST_F(TraceFlips, FlipsMakeTheWordsTheEngineUsed) {
  std::uint64_t flipped = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto run = traced_run(seed, path(""));
    if (run == nullptr) continue;
    const auto flips = flips_of(TracePaths(path("")).flips, *run);
    const memory::Chip chip = run->scenario.chip();
    std::uint64_t used = 0;
    for (const Access& access : run->accesses) {
      if (access.kind == AccessKind::kWrite) {
        ASSERT_EQ(access.value, access.written);
        continue;
      }
      const auto flip =
          flips.find({access.cycle, memory::group_name(access.group), access.word.value()});
      const std::uint64_t mask = flip == flips.end() ? 0 : flip->second;
      ASSERT_EQ(access.written ^ mask, access.value);
      ASSERT_EQ(chip.weak_cells(access.group)
                    .mask(rate_at(*run, access.group, access.layer))
                    .apply(access.word, access.written),
                access.value);
      if (mask != 0) ++used;
    }
    EXPECT_GE(used, flips.size()) << "flips of reads that nobody made";
    flipped += used;
  }
  EXPECT_GT(flipped, 1000U) << "too few reads were wrong";
}

TEST_F(TraceFlips, FlipsAreOfWhatAnErrorCodeDelivers) {
  using memory::Code;
  const memory::CodeChoice choices[] = {{Code::kSecded32, memory::OnError::kKeep},
                                        {Code::kParity, memory::OnError::kZeroWeight}};
  std::uint64_t right = 0;
  std::uint64_t wrong = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const memory::CodeChoice choice = choices[seed % 2];
    const auto run = traced_run(seed, path(""), [&](TracedScenario& scenario) {
      const bool fits =
          choice.code == Code::kParity || scenario.machine.memory.macro.word_bits >= 32;
      for (const GroupId group : memory::kGroups) {
        if (fits) scenario.machine.accelerator.buffers[group].ecc.choice = choice;
      }
    });
    if (run == nullptr) continue;
    const auto flips = flips_of(TracePaths(path("")).flips, *run);
    const memory::Chip chip = run->scenario.chip();
    for (const Access& access : run->accesses) {
      if (access.kind == AccessKind::kWrite) continue;
      const double rate = rate_at(*run, access.group, access.layer);
      const memory::WordCode code = run->scenario.machine.code(access.group);
      const auto cells = [&](memory::WordPart part, std::uint64_t stored) {
        return chip.weak_cells(access.group, part).mask(rate).apply(access.word, stored);
      };
      const std::uint64_t read = cells(memory::WordPart::kData, access.written);
      const std::uint64_t check = cells(memory::WordPart::kCheck, code.encode(access.written));
      ASSERT_EQ(access.value, code.decode(read, check).word);
      const auto flip =
          flips.find({access.cycle, memory::group_name(access.group), access.word.value()});
      const std::uint64_t mask = flip == flips.end() ? 0 : flip->second;
      ASSERT_EQ(access.written ^ mask, access.value);
      if (read != access.written) ++(access.value == access.written ? right : wrong);
    }
  }
  EXPECT_GT(right, 500U);
  EXPECT_GT(wrong, 500U);
}

/// Every mechanism at once: cells that refuse a write or lose it make wrong reads as well.
memory::FaultConfig every_mechanism() {
  using memory::Mechanism;
  memory::FaultConfig faults;
  faults.mechanisms = {{Mechanism::kStuckAt, 0.2, 0.3, {}},
                       {Mechanism::kInvertedRead, 0.2, 0.5, {}},
                       {Mechanism::kRandomRead, 0.2, 0.7, {0.2, 0.5, 2}},
                       {Mechanism::kWriteFailure, 0.2, 0.5, {}},
                       {Mechanism::kRetention, 0.2, 0.5, {}}};
  return faults;
}

TEST_F(TraceFlips, FlipsLieInWeakCellsWhateverTheMechanism) {
  std::uint64_t flipped = 0;
  for (std::uint64_t seed = 100; seed < 100 + kSeeds / 2; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto run = traced_run(seed, path(""), [](TracedScenario& scenario) {
      scenario.machine.memory.faults = every_mechanism();
      scenario.point = OperatingPoint(scenario.point.rails());  // cells have to hold their data
    });
    if (run == nullptr) continue;
    const auto flips = flips_of(TracePaths(path("")).flips, *run);
    const memory::Chip chip = run->scenario.chip();
    memory::PerGroup<std::map<std::uint32_t, std::uint64_t>> weak;
    for (const GroupId group : memory::kGroups) {
      for (const memory::WeakCell& cell : chip.weak_cells(group).cells()) {
        weak[group][cell.word.value()] |= std::uint64_t{1} << cell.bit.value();
      }
    }
    for (const Access& access : run->accesses) {
      const std::uint64_t wrong = access.written ^ access.value;
      if (wrong == 0) continue;
      ASSERT_EQ(access.kind, AccessKind::kRead);
      const auto flip =
          flips.find({access.cycle, memory::group_name(access.group), access.word.value()});
      ASSERT_NE(flip, flips.end());
      ASSERT_EQ(flip->second, wrong);
      ASSERT_EQ(wrong & ~weak[access.group][access.word.value()], 0U) << "a healthy cell fails";
      ++flipped;
    }
  }
  EXPECT_GT(flipped, 1000U);
}

}  // namespace
}  // namespace brownout::accel
