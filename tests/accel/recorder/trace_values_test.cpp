// SPDX-License-Identifier: Apache-2.0
// What traces say is what happened: flips turn stored words into those read, and waveforms show the
// engine's values.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <tuple>

#include "accel/operating_timing.h"
#include "tests/accel/recorder/traced_run.h"
#include "tests/traces/trace_folder.h"
#include "tests/traces/trace_readers.h"

namespace brownout::accel {
namespace {

using memory::GroupId;
using trace_readers::read_csv;
using trace_readers::read_vcd;
using trace_readers::Vcd;

constexpr std::uint64_t kSeeds = 30;

using TraceValues = traces::TraceFolder;

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

TEST_F(TraceValues, FlipsMakeTheWordsTheEngineUsed) {
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

TEST_F(TraceValues, FlipsAreOfWhatAnErrorCodeDelivers) {
  using memory::Code;
  const memory::CodeChoice choices[] = {{Code::kSecded39_32, memory::OnError::kKeep},
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

TEST_F(TraceValues, FlipsLieInWeakCellsWhateverTheMechanism) {
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

TEST_F(TraceValues, AReadFindsTheLatestWordWritten) {
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto run = traced_run(seed, path(""));
    // An ideal ofmap buffer holds more words than its cells have names.
    if (run == nullptr || run->scenario.machine.accelerator.memory == MemoryModel::kIdeal) continue;
    // In a cycle, reads come first: a write is there in the next one.
    std::map<std::pair<int, std::uint32_t>, std::uint64_t> contents;
    std::vector<Access> writes;
    std::uint64_t now = 0;
    for (const Access& access : run->accesses) {
      if (access.cycle != now) {
        for (const Access& write : writes) {
          contents[{static_cast<int>(write.group), write.word.value()}] = write.written;
        }
        writes.clear();
        now = access.cycle;
      }
      if (access.kind == AccessKind::kWrite) {
        writes.push_back(access);
        continue;
      }
      const auto found = contents.find({static_cast<int>(access.group), access.word.value()});
      ASSERT_NE(found, contents.end()) << "a word nobody has written is read";
      ASSERT_EQ(found->second, access.written) << memory::group_name(access.group) << " word "
                                               << access.word.value() << " cycle " << access.cycle;
    }
  }
}

/// Picoseconds of a cycle.
std::uint64_t period_of(const TracedRun& run) {
  const Hertz clock = run_clock(run.scenario.machine, run.scenario.point);
  return static_cast<std::uint64_t>(std::llround(1e12 / clock.count()));
}

TEST_F(TraceValues, WaveformPortsAndActivitiesAreTheRuns) {
  for (std::uint64_t seed = 0; seed < kSeeds / 2; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto run = traced_run(seed, path(""));
    if (run == nullptr) continue;
    const Vcd vcd = read_vcd(TracePaths(path("")).vcd);
    const std::uint64_t period = period_of(*run);
    EXPECT_EQ(vcd.last_time, run->total.total_cycles().count() * period);
    for (const ActivitySpan& span : run->spans) {
      for (const std::uint64_t cycle : {span.begin, span.end - 1}) {
        ASSERT_EQ(vcd.bits_at("brownout.layer", cycle * period), span.layer);
        ASSERT_EQ(vcd.bits_at("brownout.activity", cycle * period),
                  static_cast<std::uint64_t>(span.activity));
        ASSERT_EQ(vcd.at("brownout.activity_name", cycle * period),
                  std::string("s") + activity_name(span.activity));
      }
      if (span.activity != Activity::kCompute && span.activity != Activity::kVector) continue;
      const OperatingPoint point = run->scenario.point.at_layer(span.layer);
      for (const auto& [rail, voltage] : point.rails()) {
        const std::string real = vcd.at("brownout.rails." + rail, span.begin * period);
        ASSERT_DOUBLE_EQ(std::stod(real.substr(1)), voltage.count());
      }
    }
    std::map<std::string, std::map<std::uint64_t, Access>> by_port;
    for (const Access& access : run->accesses) {
      const std::string port = std::string("brownout.") + memory::group_name(access.group) + "." +
                               (access.kind == AccessKind::kRead ? "read_" : "write_") +
                               std::to_string(access.port);
      if (vcd.changes.count(port + ".valid") != 0) by_port[port][access.cycle] = access;
    }
    EXPECT_FALSE(by_port.empty());
    for (const auto& [port, accesses] : by_port) {
      for (const auto& [cycle, access] : accesses) {
        const std::uint64_t time = cycle * period;
        if (time >= vcd.last_time) continue;
        ASSERT_EQ(vcd.bits_at(port + ".valid", time), 1U) << port << " " << cycle;
        ASSERT_EQ(vcd.bits_at(port + ".address", time), access.word.value()) << port;
        ASSERT_EQ(vcd.bits_at(port + ".data", time), access.value) << port;
        const std::uint64_t next = accesses.count(cycle + 1);
        if (time + period < vcd.last_time) {
          ASSERT_EQ(vcd.bits_at(port + ".valid", time + period), next);
        }
      }
    }
  }
}

struct CycleSpan {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

/// Registers of the corner at a cycle.
struct Registers {
  const Vcd& vcd;
  std::uint64_t period;

  [[nodiscard]] std::int32_t at(const char* name, std::uint32_t row, std::uint32_t column,
                                std::uint64_t cycle, std::uint32_t width) const {
    const std::string full =
        "brownout.array.pe_" + std::to_string(row) + "_" + std::to_string(column) + "." + name;
    const std::uint64_t bits = vcd.bits_at(full, cycle * period);
    const std::uint64_t sign = std::uint64_t{1} << (width - 1);
    return static_cast<std::int32_t>(static_cast<std::int64_t>(bits ^ sign) -
                                     static_cast<std::int64_t>(sign));
  }
  [[nodiscard]] std::int32_t ifmap(std::uint32_t r, std::uint32_t c, std::uint64_t t) const {
    return at("ifmap", r, c, t, 9);
  }
  [[nodiscard]] std::int32_t filter(std::uint32_t r, std::uint32_t c, std::uint64_t t) const {
    return at("filter", r, c, t, 8);
  }
  [[nodiscard]] std::uint32_t sum(std::uint32_t r, std::uint32_t c, std::uint64_t t) const {
    return static_cast<std::uint32_t>(at("sum", r, c, t, 32));
  }
};

/// In a stretch of array cycles of one fold, the streaming operand moves right, and output
/// stationary the other one down; each element adds its product to its sum, which stays (output
/// stationary) or comes from above.
void check_registers(const Registers& registers, Dataflow dataflow, CycleSpan span, Corner corner) {
  const bool sums_stay = dataflow == Dataflow::kOutputStationary;
  const bool weights_left = dataflow == Dataflow::kInputStationary;
  const auto left = [&](std::uint32_t r, std::uint32_t c, std::uint64_t t) {
    return weights_left ? registers.filter(r, c, t) : registers.ifmap(r, c, t);
  };
  const auto top = [&](std::uint32_t r, std::uint32_t c, std::uint64_t t) {
    return weights_left ? registers.ifmap(r, c, t) : registers.filter(r, c, t);
  };
  for (std::uint64_t t = span.begin + 1; t < span.end; ++t) {
    for (std::uint32_t r = 0; r < corner.rows; ++r) {
      for (std::uint32_t c = 0; c < corner.cols; ++c) {
        SCOPED_TRACE(fmt::format("element {}, {} cycle {}", r, c, t));
        if (c > 0) {
          ASSERT_EQ(left(r, c, t), left(r, c - 1, t - 1));
        }
        if (!sums_stay) {
          ASSERT_EQ(top(r, c, t), top(r, c, t - 1));
        } else if (r > 0) {
          ASSERT_EQ(top(r, c, t), top(r - 1, c, t - 1));
        }
        if (!sums_stay && r == 0) continue;  // begins with the bias
        const std::uint32_t before =
            sums_stay ? registers.sum(r, c, t - 1) : registers.sum(r - 1, c, t - 1);
        const std::int32_t product = left(r, c, t) * top(r, c, t);
        ASSERT_EQ(registers.sum(r, c, t), before + static_cast<std::uint32_t>(product));
      }
    }
  }
}

/// Array cycles of a run, fold by fold; a fold with a stall in it is left out, and so are the
/// `load` cycles at the beginning of each.
std::vector<CycleSpan> folds_of(const TracedRun& run, std::uint64_t load) {
  std::vector<CycleSpan> folds;
  CycleSpan fold;
  for (const ActivitySpan& span : run.spans) {
    const bool is_array = span.activity == Activity::kFill || span.activity == Activity::kCompute ||
                          span.activity == Activity::kDrain;
    if (span.activity == Activity::kFill) fold = {span.begin + load, span.begin};
    if (!is_array || span.begin != fold.end) continue;
    fold.end = span.end;
    if (span.activity == Activity::kDrain) folds.push_back(fold);
  }
  return folds;
}

class WaveformRegisters : public traces::TraceFolder,
                          public testing::WithParamInterface<Dataflow> {};

TEST_P(WaveformRegisters, MultiplyAndMove) {
  std::uint64_t cycles = 0;
  for (std::uint64_t seed = 0; seed < kSeeds / 2; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto run = traced_run(seed, path(""), [](TracedScenario& scenario) {
      scenario.machine.accelerator.array.dataflow = GetParam();
      scenario.machine.accelerator.array.body = ArrayBody::kRegister;
      scenario.machine.memory.delay.reset();  // the array stands while buffers are late
    });
    if (run == nullptr) continue;
    const Vcd vcd = read_vcd(TracePaths(path("")).vcd);
    const auto& array = run->scenario.machine.accelerator.array;
    const Corner corner = {std::min(3U, array.rows), std::min(3U, array.cols)};
    const std::uint64_t load = GetParam() == Dataflow::kOutputStationary ? 0 : array.rows;
    for (const CycleSpan& fold : folds_of(*run, load)) {
      check_registers({vcd, period_of(*run)}, GetParam(), fold, corner);
      if (HasFatalFailure()) return;
      cycles += fold.end - fold.begin;
    }
  }
  EXPECT_GT(cycles, 1000U);
}

INSTANTIATE_TEST_SUITE_P(Dataflows, WaveformRegisters,
                         testing::Values(Dataflow::kOutputStationary, Dataflow::kWeightStationary,
                                         Dataflow::kInputStationary));

}  // namespace
}  // namespace brownout::accel
