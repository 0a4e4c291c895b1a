// SPDX-License-Identifier: Apache-2.0
#include "accel/probe.h"

#include <gtest/gtest.h>

#include <vector>

#include "sim/core/error.h"

namespace brownout::accel {
namespace {

/// Element (row, column) multiplies from start + row + column on, `stream` times: counted one by
/// one.
std::uint64_t macs_counted(const FoldShape& shape, std::uint64_t time) {
  std::uint64_t macs = 0;
  for (std::uint64_t t = 0; t < time; ++t) {
    for (std::uint64_t row = 0; row < shape.rows; ++row) {
      for (std::uint64_t column = 0; column < shape.cols; ++column) {
        const std::uint64_t first = shape.start + row + column;
        if (t >= first && t < first + shape.stream) ++macs;
      }
    }
  }
  return macs;
}

TEST(Probe, CountsMacsByFoldTime) {
  for (const FoldShape shape : {FoldShape{1, 1, 1, 0}, FoldShape{3, 5, 2, 4},
                                FoldShape{7, 2, 30, 0}, FoldShape{4, 4, 4, 9}}) {
    for (std::uint64_t time = 0; time < 60; ++time) {
      EXPECT_EQ(macs_before(shape, time), macs_counted(shape, time)) << time;
    }
  }
}

struct Recorded : RunObserver {
  std::vector<Access> accesses;
  std::vector<Operations> work;
  void on_access(const Access& access) override { accesses.push_back(access); }
  void on_operations(const Operations& done) override { work.push_back(done); }
};

TEST(Probe, FoldTimeStandsStillBetweenSteps) {
  Recorded recorded;
  Probe probe(recorded);
  probe.begin_fold(0, 0, {2, 2, 20, 0}, 100);
  Access access;
  for (const std::uint64_t time : {0U, 9U, 10U, 21U}) {
    access.cycle = time;
    probe.add_in_fold(access);
  }
  probe.pass(100, 10);
  probe.pass(150, 12);  // after a stall of 40 cycles
  EXPECT_TRUE(recorded.accesses.empty());
  probe.end_fold(162);
  std::vector<std::uint64_t> cycles;
  for (const Access& seen : recorded.accesses) cycles.push_back(seen.cycle);
  EXPECT_EQ(cycles, (std::vector<std::uint64_t>{100, 109, 150, 161}));
  std::uint64_t macs = 0;
  for (const Operations& done : recorded.work) {
    macs += done.macs;
    EXPECT_TRUE(done.end <= 110 || done.begin >= 150);
  }
  EXPECT_EQ(macs, 80U);
}

TEST(Probe, AnAccessOutsideItsFoldIsAnError) {
  Recorded recorded;
  Probe probe(recorded);
  probe.begin_fold(0, 0, {1, 1, 1, 0}, 0);
  Access access;
  access.cycle = 5;
  probe.add_in_fold(access);
  probe.pass(0, 5);
  EXPECT_THROW(probe.end_fold(5), SimulationError);
}

}  // namespace
}  // namespace brownout::accel
