// SPDX-License-Identifier: Apache-2.0
// The planner against a buffer that knows what each of its words holds.
#include "accel/transfer_planner.h"

#include <gtest/gtest.h>

#include <random>

#include "sim/core/error.h"

namespace brownout::accel {
namespace {

constexpr std::uint64_t kWord = 8;

/// Executes loads as early as their dependencies allow, steps one after another.
void check(std::uint64_t capacity, const std::vector<Extent>& needs) {
  TransferPlanner planner(capacity, kWord, 0);
  std::vector<TransferPlanner::Request> loads;
  std::vector<std::size_t> loads_before(needs.size());
  for (std::uint32_t step = 0; step < needs.size(); ++step) {
    for (const auto& request : planner.require(step, needs[step])) loads.push_back(request);
    loads_before[step] = loads.size();
  }
  std::vector<std::uint64_t> holds(capacity / kWord, ~std::uint64_t{0});
  std::size_t next = 0;
  for (std::uint32_t step = 0; step < needs.size(); ++step) {
    while (next < loads.size() && loads[next].after_steps <= step) {
      for (std::uint64_t p = loads[next].extent.begin; p < loads[next].extent.end; p += kWord) {
        holds[p / kWord % holds.size()] = p / kWord;
      }
      ++next;
    }
    ASSERT_GE(next, loads_before[step]) << "step " << step << " waits for a load that waits for it";
    const Extent need = needs[step].aligned(kWord);
    for (std::uint64_t p = need.begin; p < need.end; p += kWord) {
      ASSERT_EQ(holds[p / kWord % holds.size()], p / kWord) << "step " << step;
    }
  }
}

TEST(TransferPlanner, WhatAStepNeedsIsThereHoweverEarlyLoadsRun) {
  std::mt19937 random(9);
  for (int round = 0; round < 2000; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    const std::uint64_t capacity = kWord * (1 + random() % 40);
    std::vector<Extent> needs;
    std::uint64_t begin = 0;
    for (int step = 0; step < 30; ++step) {
      switch (random() % 4) {
        case 0:
          begin = random() % 1000;
          break;  // anywhere
        case 1:
          begin += random() % 20;
          break;  // sliding forwards
        case 2:
          begin -= std::min<std::uint64_t>(begin, random() % 20);
          break;
        default:
          break;  // the same again
      }
      const std::uint64_t longest = capacity - begin % kWord;
      needs.push_back({begin, begin + random() % (longest + 1)});
    }
    check(capacity, needs);
    if (HasFatalFailure()) return;
  }
}

TEST(TransferPlanner, FetchesAResidentOperandOnce) {
  TransferPlanner planner(1024, kWord, 0);
  std::uint64_t fetched = 0;
  for (std::uint32_t step = 0; step < 10; ++step) {
    const std::uint64_t begin = std::uint64_t{step % 5} * 200;
    for (const auto& request : planner.require(step, {begin, begin + 200})) {
      fetched += request.extent.size();
      EXPECT_EQ(request.after_steps, 0U);
    }
  }
  EXPECT_EQ(fetched, 1000U);
}

TEST(TransferPlanner, RefusesANeedLongerThanTheBuffer) {
  TransferPlanner planner(64, kWord, 0);
  EXPECT_THROW(static_cast<void>(planner.require(0, {4, 68})), SimulationError);
}

}  // namespace
}  // namespace brownout::accel
