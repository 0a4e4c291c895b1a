// SPDX-License-Identifier: Apache-2.0
// What traces say is what happened: a read finds what was written last, and waveforms show the
// engine's values.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "accel/operating_timing.h"
#include "tests/accel/recorder/traced_run.h"
#include "tests/traces/trace_folder.h"
#include "tests/traces/trace_readers.h"

namespace brownout::accel {
namespace {

using memory::GroupId;
using trace_readers::read_vcd;
using trace_readers::Vcd;

constexpr std::uint64_t kSeeds = 30;

using TraceValues = traces::TraceFolder;

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
