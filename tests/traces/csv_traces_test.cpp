// SPDX-License-Identifier: Apache-2.0
#include "traces/csv_traces.h"

#include <gtest/gtest.h>

#include "sim/core/error.h"
#include "tests/traces/trace_folder.h"
#include "tests/traces/trace_readers.h"

namespace brownout::traces {
namespace {

using CsvTracesTest = TraceFolder;
using trace_readers::read_csv;
using trace_readers::read_trace;

TEST_F(CsvTracesTest, AccessesOfACycleShareARow) {
  AccessTrace trace(path("a.csv"));
  trace.add(0, 7);
  trace.add(0, 8);
  trace.add(3, 7);
  EXPECT_THROW(trace.add(2, 1), SimulationError);
  EXPECT_EQ(trace.accesses(), 3U);
  trace.commit();
  EXPECT_EQ(read_trace(path("a.csv")), "0,7,8\n3,7\n");
  AccessTrace none(path("b.csv"));
  none.commit();
  EXPECT_EQ(read_trace(path("b.csv")), "");
}

TEST_F(CsvTracesTest, BurstsCountTheirBytes) {
  BurstTrace trace(path("a.csv"));
  trace.add(4, 1024, 16);
  trace.add(5, 1040, 3);
  EXPECT_EQ(trace.bytes(), 19U);
  EXPECT_EQ(trace.bursts(), 2U);
  trace.commit();
  EXPECT_EQ(read_trace(path("a.csv")), "cycle,address,bytes\n4,1024,16\n5,1040,3\n");
}

TEST_F(CsvTracesTest, PowerRowsAddUp) {
  PowerTrace trace(path("a.csv"), {"array", "dram"});
  trace.add(0, 100, {1.5, 2.25}, 37.5);
  EXPECT_THROW(trace.add(100, 100, {1.5}, 1), SimulationError);
  trace.commit();
  EXPECT_EQ(read_trace(path("a.csv")),
            "cycle,cycles,array_pj,dram_pj,total_pj,mw\n0,100,1.5,2.25,3.75,37.5\n");
}

TEST_F(CsvTracesTest, AFlipNamesCellAndWord) {
  FlipTrace trace(path("a.csv.zst"));
  trace.add({12, "conv, \"first\"\n2", "filter", 70, 1, 6, 63, 0x8000000000000001U, 1});
  trace.commit();
  const auto rows = read_csv(path("a.csv.zst"));
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0], (std::vector<std::string>{"cycle", "layer", "operand", "word", "macro", "row",
                                               "bit", "before", "after", "written", "read"}));
  EXPECT_EQ(rows[1], (std::vector<std::string>{"12", "conv, first 2", "filter", "70", "1", "6",
                                               "63", "1", "0", "0x8000000000000001", "0x1"}));
}

}  // namespace
}  // namespace brownout::traces
