// SPDX-License-Identifier: Apache-2.0
// Every trace adds up to the run: accesses, bytes, cycles by activity, energy.
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <numeric>

#include "accel/energy_model.h"
#include "tests/accel/recorder/traced_run.h"
#include "tests/traces/trace_folder.h"
#include "tests/traces/trace_readers.h"

namespace brownout::accel {
namespace {

using memory::GroupId;
using trace_readers::read_csv;
using trace_readers::read_trace;

constexpr std::uint64_t kSeeds = 40;

using TraceCounts = traces::TraceFolder;

/// Rows rise by cycle; returns the number of addresses, at most `most` in a row.
std::uint64_t addresses_in(const std::string& file, std::uint64_t words, std::uint64_t end,
                           std::uint64_t most) {
  std::uint64_t count = 0;
  std::int64_t last = -1;
  for (const auto& row : read_csv(file)) {
    const std::int64_t cycle = std::stoll(row[0]);
    EXPECT_GT(cycle, last);
    EXPECT_LE(cycle, static_cast<std::int64_t>(end));
    EXPECT_LE(row.size() - 1, most) << "ports of " << file << " in cycle " << cycle;
    last = cycle;
    for (std::size_t i = 1; i < row.size(); ++i) EXPECT_LT(std::stoull(row[i]), words);
    count += row.size() - 1;
  }
  return count;
}

/// Bytes of a DRAM trace, whose rows are bursts; counts these.
std::uint64_t bytes_in(const std::string& file, std::uint64_t burst, std::uint64_t& bursts) {
  const auto rows = read_csv(file);
  std::uint64_t bytes = 0;
  std::uint64_t last = 0;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const std::uint64_t address = std::stoull(rows[i][1]);
    const std::uint64_t length = std::stoull(rows[i][2]);
    EXPECT_GE(std::stoull(rows[i][0]), last);
    EXPECT_EQ(address / burst, (address + length - 1) / burst) << "one aligned block";
    last = std::stoull(rows[i][0]);
    bytes += length;
    ++bursts;
  }
  return bytes;
}

/// Access traces hold every access and every DRAM burst.
void check_accesses(const TracedRun& run, const TracePaths& paths) {
  const Machine& machine = run.scenario.machine;
  const std::uint64_t end = run.total.total_cycles().count();
  for (const GroupId group : memory::kGroups) {
    const std::string name = paths.access + "/" + memory::group_name(group);
    const std::uint64_t words = machine.geometry()[group].words();
    const std::uint64_t any = ~std::uint64_t{0};
    EXPECT_EQ(addresses_in(name + "_sram_read.csv", words, end, any),
              run.total.accesses[group].reads);
    EXPECT_EQ(addresses_in(name + "_sram_write.csv", words, end, any),
              run.total.accesses[group].writes);
  }
  const std::uint64_t burst = machine.accelerator.dram.burst_bytes.count();
  std::uint64_t bursts = 0;
  EXPECT_EQ(bytes_in(paths.access + "/ifmap_dram_read.csv", burst, bursts) +
                bytes_in(paths.access + "/filter_dram_read.csv", burst, bursts),
            run.total.dram_read_bytes);
  EXPECT_EQ(bytes_in(paths.access + "/ofmap_dram_write.csv", burst, bursts),
            run.total.dram_write_bytes);
  EXPECT_EQ(bursts, run.total.dram_events.bursts);
}

/// The array has a port for each lane and the vector unit so many; a port gives one word a cycle.
void check_ports(const TracedRun& run) {
  // The array has a port for each lane and the vector unit so many; a port gives one word a
  // cycle.
  std::map<std::pair<std::uint64_t, std::uint32_t>, int> reads;
  for (const Access& access : run.accesses) {
    if (access.group == GroupId::kOfmap || access.kind != AccessKind::kRead) continue;
    const std::uint32_t port = access.port * 2 + (access.group == GroupId::kFilter ? 1 : 0);
    ASSERT_EQ(++reads[std::make_pair(access.cycle, port)], 1)
        << memory::group_name(access.group) << " port " << access.port << " cycle " << access.cycle;
  }
}

/// The power trace is the energy of the run.
void check_power(const TracedRun& run, const TracePaths& paths) {
  const auto rows = read_csv(paths.power);
  const auto expected =
      walk(energy_of(run.run.statistics, run.scenario.machine, run.scenario.point));
  ASSERT_EQ(rows[0].size(), expected.size() + 4);
  std::uint64_t cycles = 0;
  std::vector<double> sums(expected.size());
  for (std::size_t row = 1; row < rows.size(); ++row) {
    EXPECT_EQ(std::stoull(rows[row][0]), cycles);
    cycles += std::stoull(rows[row][1]);
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += std::stod(rows[row][2 + i]);
  }
  EXPECT_EQ(cycles, run.total.total_cycles().count());
  for (std::size_t i = 0; i < sums.size(); ++i) {
    EXPECT_EQ(rows[0][2 + i], expected[i].first + "_pj");
    const double energy = expected[i].second.count();
    EXPECT_NEAR(sums[i], energy, 1e-9 * energy) << expected[i].first;
  }
}

/// Slices of a track as they nest; cycles by name.
struct Tracks {
  std::map<std::string, std::uint64_t> cycles;
  std::map<int, std::vector<std::uint64_t>> open;   // ends not known: begins
  std::map<int, std::vector<std::uint64_t>> until;  // ends of the last slice at each depth
  std::uint64_t dma_bytes = 0;

  void add(const nlohmann::json& event) {
    const std::string phase = event.at("ph");
    if (phase != "X" && phase != "B" && phase != "E") return;
    const int track = event.at("tid");
    auto& begins = open[track];
    auto& ends = until[track];
    ends.resize(std::max(ends.size(), begins.size() + 2));
    if (phase == "E") {
      const std::uint64_t end = event.at("args").at("end_cycle");
      ASSERT_FALSE(begins.empty());
      ASSERT_GE(end, ends[begins.size()]) << "a slice ends before what it contains";
      begins.pop_back();
      ends[begins.size()] = end;
      return;
    }
    const std::uint64_t begin = event.at("args").at("cycle");
    ASSERT_GE(begin, ends[begins.size()]) << "slices overlap on track " << track;
    ASSERT_GE(begin, begins.empty() ? 0 : begins.back());
    if (phase == "B") {
      begins.push_back(begin);
      ends[begins.size()] = begin;
      return;
    }
    const std::uint64_t length = event.at("args").at("cycles");
    ends[begins.size()] = begin + length;
    cycles[event.at("name")] += length;
    const std::string name = event.at("name");
    if (name.rfind("load", 0) == 0 || name.rfind("store ", 0) == 0) {
      dma_bytes += std::stoull(event.at("args").at("bytes").get<std::string>());
    }
  }
};

/// Slices nest and do not overlap; their cycles are those of the statistics.
void check_slices(const TracedRun& run, const TracePaths& paths) {
  const auto json = nlohmann::json::parse(read_trace(paths.perfetto));
  Tracks tracks;
  std::map<std::string, double> last_counter;
  for (const auto& event : json.at("traceEvents")) {
    tracks.add(event);
    if (testing::Test::HasFatalFailure()) return;
    if (event.at("ph") == "C") last_counter[event.at("name")] = event.at("args").at("value");
  }
  for (const auto& [track, begins] : tracks.open) EXPECT_TRUE(begins.empty()) << track;
  for (std::size_t i = 0; i < kActivities; ++i) {
    const auto activity = static_cast<Activity>(i);
    EXPECT_EQ(tracks.cycles[activity_name(activity)], run.total.at(activity))
        << activity_name(activity);
  }
  EXPECT_EQ(tracks.dma_bytes, run.total.dram_read_bytes + run.total.dram_write_bytes);
  const auto last_layer = static_cast<std::uint32_t>(run.run.statistics.layers.size() - 1);
  const OperatingPoint at_end = run.scenario.point.at_layer(last_layer);
  for (const auto& [rail, voltage] : at_end.rails()) {
    EXPECT_DOUBLE_EQ(last_counter.at("voltage " + rail + ", Vmin"), voltage.count());
  }
  EXPECT_EQ(last_counter.at("power, mW"), 0) << "after the run";
}

/// Activities tile the run.
void check_activities(const TracedRun& run) {
  std::vector<ActivitySpan> spans = run.spans;
  std::stable_sort(spans.begin(), spans.end(),
                   [](const ActivitySpan& a, const ActivitySpan& b) { return a.begin < b.begin; });
  std::uint64_t next = 0;
  for (const ActivitySpan& span : spans) {
    ASSERT_EQ(span.begin, next);
    ASSERT_LT(span.begin, span.end);
    next = span.end;
  }
  EXPECT_EQ(next, run.total.total_cycles().count());
}

/// Watching changes nothing.
void check_unwatched(const TracedRun& run) {
  const TracedScenario& s = run.scenario;
  const CycleEngine engine(s.graph, s.machine);
  const CycleRun alone = engine.run(s.input, s.chip(), s.point, 7);
  EXPECT_EQ(alone.inference, run.run.inference);
  for (std::size_t layer = 0; layer < alone.statistics.layers.size(); ++layer) {
    EXPECT_EQ(alone.statistics.layers[layer], run.run.statistics.layers[layer]);
  }
}

TEST_F(TraceCounts, EveryTraceAddsUpToTheRun) {
  std::uint64_t runs = 0;
  for (std::uint64_t seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const auto run = traced_run(seed, path(""));
    if (run == nullptr) continue;
    const TracePaths paths(path(""));
    check_accesses(*run, paths);
    check_ports(*run);
    check_power(*run, paths);
    check_slices(*run, paths);
    check_activities(*run);
    check_unwatched(*run);
    if (HasFailure()) return;
    ++runs;
  }
  EXPECT_GT(runs, kSeeds / 2);
}

}  // namespace
}  // namespace brownout::accel
