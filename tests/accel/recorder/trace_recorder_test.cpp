// SPDX-License-Identifier: Apache-2.0
// The recorder on reports made by hand: order, bounds of memory, files.
#include "accel/recorder/trace_recorder.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include <random>

#include "sim/core/error.h"
#include "tests/accel/machine_fixture.h"
#include "tests/support/random_graph.h"
#include "tests/traces/trace_folder.h"
#include "tests/traces/trace_readers.h"

namespace brownout::accel {
namespace {

using trace_readers::read_csv;

class TraceRecorderTest : public traces::TraceFolder {
 protected:
  TraceRecorderTest() : graph_(test_support::random_graph(1)), machine_(small_machine(4, 4, 4)) {}

  models::Graph graph_;
  Machine machine_;
  OperatingPoint point_ = rails(1, 1, 1);
  Program program_;
};

Access read_at(std::uint64_t cycle, std::uint32_t word) {
  Access access;
  access.cycle = cycle;
  access.group = memory::GroupId::kFilter;
  access.word = WordId(word);
  return access;
}

TEST_F(TraceRecorderTest, PutsReportsInOrder) {
  TraceRequest request;
  request.access = path("a");
  TraceRecorder recorder(graph_, program_, machine_, point_, request);
  std::mt19937_64 random(3);
  LayerStatistics total;
  constexpr std::uint64_t kSteps = 3000;
  constexpr std::uint64_t kAhead = 200;
  for (std::uint64_t step = 0; step < kSteps; ++step) {
    recorder.on_time(step * 10);
    for (int i = 0; i < 100; ++i) {
      recorder.on_access(read_at(step * 10 + random() % kAhead, static_cast<std::uint32_t>(i)));
      ++total.accesses[memory::GroupId::kFilter].reads;
    }
  }
  static_cast<void>(recorder.commit(total));
  std::uint64_t last = 0;
  std::uint64_t accesses = 0;
  for (const auto& row : read_csv(path("a/filter_sram_read.csv"))) {
    const std::uint64_t cycle = std::stoull(row[0]);
    EXPECT_TRUE(accesses == 0 || cycle > last);
    last = cycle;
    accesses += row.size() - 1;
  }
  EXPECT_EQ(accesses, kSteps * 100);
}

TEST_F(TraceRecorderTest, ReportsOfATransferMayComeLate) {
  TraceRequest request;
  request.access = path("a");
  TraceRecorder recorder(graph_, program_, machine_, point_, request);
  LayerStatistics total;
  recorder.on_transfer_begin(5);
  for (std::uint64_t cycle = 0; cycle < 200'000; ++cycle) {
    recorder.on_time(cycle);
    recorder.on_access(read_at(cycle, 1));
  }
  recorder.on_access(read_at(7, 2));
  recorder.on_transfer_end({});
  total.accesses[memory::GroupId::kFilter].reads = 200'001;
  static_cast<void>(recorder.commit(total));
  EXPECT_EQ(read_csv(path("a/filter_sram_read.csv")).at(7),
            (std::vector<std::string>{"7", "1", "2"}));
}

TEST_F(TraceRecorderTest, MemoryDoesNotGrowWithTheRun) {
  TraceRequest request;
  request.access = path("a");
  request.compress_access = true;
  request.flips = path("f.csv.zst");
  request.perfetto = path("p.json.zst");
  request.power = path("w.csv");
  request.vcd = path("v.vcd.zst");
  request.window = {100, 200'000};
  TraceRecorder recorder(graph_, program_, machine_, point_, request);
  for (const auto& [rail, voltage] : point_.rails()) recorder.on_voltage(rail, voltage, 0);
  std::uint64_t cycle = 0;
  const auto run = [&](std::uint64_t until) {
    for (; cycle < until; ++cycle) {
      recorder.on_time(cycle);
      recorder.on_activity({0, Activity::kCompute, cycle, cycle + 1});
      for (std::uint32_t port = 0; port < 8; ++port) {
        Access access = read_at(cycle + port, port);
        access.port = port;
        access.value = cycle % 2;
        recorder.on_access(access);
      }
    }
  };
  run(30'000);
  const std::size_t early = ::mallinfo2().uordblks;
  std::size_t most = 0;
  for (int part = 1; part <= 20; ++part) {
    run(30'000 + 10'000 * static_cast<std::uint64_t>(part));
    most = std::max(most, static_cast<std::size_t>(::mallinfo2().uordblks));
  }
  EXPECT_LT(most, early + (std::size_t{8} << 20)) << "1.6 million accesses";
  static_cast<void>(recorder.commit(recorder.seen()));
  EXPECT_EQ(read_csv(path("f.csv.zst")).size(), 1 + 8 * 230'000 / 2);
}

TEST_F(TraceRecorderTest, SumsThatDifferAreAnError) {
  TraceRequest request;
  request.flips = path("f.csv");
  TraceRecorder recorder(graph_, program_, machine_, point_, request);
  recorder.on_access(read_at(0, 0));
  try {
    static_cast<void>(recorder.commit(LayerStatistics()));
    FAIL() << "a read nobody counted";
  } catch (const SimulationError& error) {
    EXPECT_STREQ(error.what(), "filter_reads: the trace has 1, the run counted 0");
  }
  EXPECT_FALSE(exists("f.csv"));
}

TEST_F(TraceRecorderTest, AFolderThatCannotBeIsNamed) {
  { traces::TraceFile(path("a")).commit(); }
  TraceRequest request;
  request.access = path("a");
  try {
    const TraceRecorder recorder(graph_, program_, machine_, point_, request);
    FAIL() << "a file served as a folder";
  } catch (const InputError& error) {
    EXPECT_EQ(std::string(error.what()).rfind(path("a") + ": cannot create folder: ", 0), 0U)
        << error.what();
  }
}

}  // namespace
}  // namespace brownout::accel
