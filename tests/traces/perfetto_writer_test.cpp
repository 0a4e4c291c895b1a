// SPDX-License-Identifier: Apache-2.0
#include "traces/perfetto_writer.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/traces/trace_folder.h"
#include "tests/traces/trace_readers.h"

namespace brownout::traces {
namespace {

using PerfettoWriterTest = TraceFolder;

TEST_F(PerfettoWriterTest, IsTraceEventJson) {
  for (const char* name : {"a.json", "a.json.zst"}) {
    PerfettoWriter writer(path(name), 833);
    const auto array = writer.add_track("array");
    const auto dma = writer.add_track("DMA");
    writer.slice(array, "conv \"1\"\n\xff", 0, 100, {{"layer", "caf\xc3\xa9"}});
    writer.slice(dma, "load", 5, 6);
    writer.counter("power, mW", 10, 2.5);
    writer.open(array, "outer", 200);
    writer.close(array, 300);
    EXPECT_EQ(writer.events(), 4U);
    writer.commit();

    const auto json = nlohmann::json::parse(trace_readers::read_trace(path(name)));
    const auto& events = json.at("traceEvents");
    ASSERT_EQ(events.size(), 10U);  // process, two tracks of a name and a place each, five events
    EXPECT_EQ(events[1].at("args").at("name"), "array");
    EXPECT_EQ(events[3].at("args").at("name"), "DMA");
    const auto& slice = events[5];
    EXPECT_EQ(slice.at("ph"), "X");
    EXPECT_EQ(slice.at("tid"), events[1].at("tid"));
    EXPECT_EQ(slice.at("name"), "conv \"1\"\n\xef\xbf\xbd");
    EXPECT_EQ(slice.at("args").at("layer"), "caf\xc3\xa9");
    EXPECT_EQ(slice.at("args").at("cycles"), 100);
    EXPECT_DOUBLE_EQ(slice.at("dur"), 0.0833);
    EXPECT_DOUBLE_EQ(events[6].at("ts"), 0.004165);
    EXPECT_EQ(events[7].at("ph"), "C");
    EXPECT_EQ(events[7].at("args").at("value"), 2.5);
    EXPECT_EQ(events[8].at("ph"), "B");
    EXPECT_EQ(events[9].at("ph"), "E");
    EXPECT_DOUBLE_EQ(events[9].at("ts"), 0.2499);
  }
}

}  // namespace
}  // namespace brownout::traces
