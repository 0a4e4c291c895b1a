// SPDX-License-Identifier: Apache-2.0
#include "sim/core/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <ctime>
#include <stdexcept>
#include <string>

#include "sim/core/error.h"

namespace brownout {
namespace {

TEST(ThreadPool, RunsEveryIndexOnceForAnyNumberOfWorkers) {
  for (const std::size_t workers : {1U, 2U, 7U}) {
    ThreadPool pool(workers);
    ASSERT_EQ(pool.size(), workers);
    std::vector<int> runs(1000, 0);
    pool.parallel_for(runs.size(), [&](std::size_t, std::size_t i) { ++runs[i]; });
    EXPECT_EQ(runs, std::vector<int>(1000, 1)) << workers << " workers";
  }
}

TEST(ThreadPool, ZeroMeansOneWorkerPerHardwareThread) {
  EXPECT_EQ(ThreadPool().size(), std::max(1U, std::thread::hardware_concurrency()));
}

TEST(ThreadPool, AWorkerNumberIsUsedByOneThreadAtATime) {
  ThreadPool pool(4);
  std::vector<std::atomic<int>> inside(pool.size());
  std::atomic<bool> shared{false};
  pool.parallel_for(2000, [&](std::size_t worker, std::size_t) {
    if (++inside.at(worker) != 1) shared = true;
    --inside.at(worker);
  });
  EXPECT_FALSE(shared);
}

TEST(ThreadPool, WorkersRunAtTheSameTime) {
  ThreadPool pool(2);
  std::mutex mutex;
  std::condition_variable met;
  int arrived = 0;
  bool together = true;
  pool.parallel_for(2, [&](std::size_t, std::size_t) {
    std::unique_lock<std::mutex> lock(mutex);
    ++arrived;
    met.notify_all();
    if (!met.wait_for(lock, std::chrono::seconds(20), [&] { return arrived == 2; })) {
      together = false;
    }
  });
  EXPECT_TRUE(together);
}

TEST(ThreadPool, CanBeUsedAgainAndForNothing) {
  ThreadPool pool(3);
  std::atomic<std::size_t> sum{0};
  pool.parallel_for(0, [&](std::size_t, std::size_t) { ++sum; });
  EXPECT_EQ(sum, 0U);
  for (int round = 0; round < 200; ++round) {
    pool.parallel_for(5, [&](std::size_t, std::size_t i) { sum += i; });
  }
  EXPECT_EQ(sum, 200U * 10U);
}

TEST(ThreadPool, RethrowsTheLowestFailureWhateverTheWorkers) {
  for (const std::size_t workers : {1U, 2U, 8U}) {
    ThreadPool pool(workers);
    for (int round = 0; round < 100; ++round) {
      try {
        pool.parallel_for(64, [](std::size_t, std::size_t i) {
          if (i >= 20) throw std::runtime_error(std::to_string(i));
        });
        FAIL() << "did not throw";
      } catch (const std::runtime_error& error) {
        ASSERT_STREQ(error.what(), "20") << workers << " workers";
      }
    }
  }
}

TEST(ThreadPool, StopsHandingOutWorkAfterAFailureAndStaysUsable) {
  ThreadPool pool(1);
  std::size_t runs = 0;
  EXPECT_THROW(pool.parallel_for(100,
                                 [&](std::size_t, std::size_t i) {
                                   ++runs;
                                   if (i == 4) throw InputError("point 4");
                                 }),
               InputError);
  EXPECT_EQ(runs, 5U);
  pool.parallel_for(10, [&](std::size_t, std::size_t) { ++runs; });
  EXPECT_EQ(runs, 15U);
}

TEST(ThreadPool, ANestedCallThrowsInsteadOfHanging) {
  ThreadPool pool(2);
  const ThreadPool::Body nothing = [](std::size_t, std::size_t) {};
  EXPECT_THROW(
      pool.parallel_for(1, [&](std::size_t, std::size_t) { pool.parallel_for(1, nothing); }),
      SimulationError);
}

double process_cpu_seconds() {
  return static_cast<double>(std::clock()) / static_cast<double>(CLOCKS_PER_SEC);
}

TEST(ThreadPool, IdleAndWaitingThreadsUseNoProcessorTime) {
  ThreadPool pool(8);
  const double before = process_cpu_seconds();
  pool.parallel_for(
      1, [](std::size_t, std::size_t) { std::this_thread::sleep_for(std::chrono::seconds(1)); });
  EXPECT_LT(process_cpu_seconds() - before, 0.25);
}

}  // namespace
}  // namespace brownout
