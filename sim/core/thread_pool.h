// SPDX-License-Identifier: Apache-2.0
// A fixed set of worker threads (layer 0). Idle workers sleep; nobody spins, because spinning
// threads collapse when the machine is shared. Results depend on indices only, never on which
// worker ran what.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace brownout {

/// Workers for one owner: one `parallel_for` at a time.
class ThreadPool {
 public:
  /// Work on item `index`; `worker` is below `size()` and picks a scratch buffer.
  using Body = std::function<void(std::size_t worker, std::size_t index)>;

  /// Starts `workers` threads; 0 means one per hardware thread.
  explicit ThreadPool(std::size_t workers = 0);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  ThreadPool(ThreadPool&&) = delete;
  ThreadPool& operator=(ThreadPool&&) = delete;

  [[nodiscard]] std::size_t size() const { return threads_.size(); }

  /// Calls `body` once for every index below `count`, handed out in rising order, and returns when
  /// all are done.
  ///
  /// After a throw no further index is handed out, and the exception of the lowest failing index is
  /// rethrown: the same one for any number of workers. Calling it again from inside `body`, or from
  /// two threads at once, throws SimulationError.
  void parallel_for(std::size_t count, const Body& body);

 private:
  void work(std::size_t worker);
  void run_items(std::size_t worker, std::unique_lock<std::mutex>& lock);
  void join_all();

  std::mutex mutex_;  // guards everything below but threads_
  std::condition_variable job_started_;
  std::condition_variable job_finished_;
  const Body* body_ = nullptr;  // null while idle
  std::size_t count_ = 0;
  std::size_t next_ = 0;
  std::size_t running_ = 0;
  std::size_t error_index_ = 0;
  std::exception_ptr error_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace brownout
