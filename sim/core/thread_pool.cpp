// SPDX-License-Identifier: Apache-2.0
#include "sim/core/thread_pool.h"

#include <algorithm>
#include <utility>

#include "sim/core/error.h"

namespace brownout {

ThreadPool::ThreadPool(std::size_t workers) {
  if (workers == 0) workers = std::max(1U, std::thread::hardware_concurrency());
  threads_.reserve(workers);
  try {
    for (std::size_t i = 0; i < workers; ++i) threads_.emplace_back(&ThreadPool::work, this, i);
  } catch (...) {  // the system is out of threads: let those that started end
    join_all();
    throw;
  }
}

ThreadPool::~ThreadPool() { join_all(); }

void ThreadPool::join_all() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  job_started_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ThreadPool::parallel_for(std::size_t count, const Body& body) {
  std::unique_lock<std::mutex> lock(mutex_);
  require(body_ == nullptr, "parallel_for called while another one runs on the same pool");
  if (count == 0) return;
  body_ = &body;
  count_ = count;
  next_ = 0;
  job_started_.notify_all();
  job_finished_.wait(lock, [this] { return next_ == count_ && running_ == 0; });
  body_ = nullptr;
  if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
}

void ThreadPool::work(std::size_t worker) {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    job_started_.wait(lock, [this] { return stopping_ || next_ < count_; });
    if (stopping_) return;
    run_items(worker, lock);
  }
}

void ThreadPool::run_items(std::size_t worker, std::unique_lock<std::mutex>& lock) {
  while (next_ < count_) {
    const std::size_t index = next_++;
    const Body& body = *body_;
    ++running_;
    lock.unlock();
    std::exception_ptr error;
    try {
      body(worker, index);
    } catch (...) {
      error = std::current_exception();
    }
    lock.lock();
    --running_;
    if (!error) continue;
    // Indices are handed out in rising order, so every lower one has already been started and the
    // lowest failing index does not depend on timing.
    if (!error_ || index < error_index_) {
      error_ = std::move(error);
      error_index_ = index;
    }
    next_ = count_;
  }
  if (running_ == 0) job_finished_.notify_one();
}

}  // namespace brownout
