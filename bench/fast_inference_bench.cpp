// SPDX-License-Identifier: Apache-2.0
// Images per second of the fast engine's integer inference, on one thread and two, and of oneDNN's
// int8 primitives on the same network. Both take turns, time is what each thread has a processor
// for, and each keeps its best turn, so that other load on the machine hits both alike.
#include <fmt/core.h>
#include <omp.h>
#include <time.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "accel/fast/fast_graph.h"
#include "bench/fast_inference_networks.h"
#include "bench/fast_inference_onednn.h"
#include "sim/core/error.h"

namespace brownout::bench {
namespace {

// Short turns: some of them fall between the time slices of whatever else runs.
constexpr int kTurns = 200;
constexpr double kTurnSeconds = 5e-3;
constexpr int kImages = 64;  ///< different inputs, used in turn

/// Seconds the calling thread has had a processor: what other work takes does not count.
double thread_seconds() {
  timespec time{};
  if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) != 0) throw SimulationError("no thread clock");
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

/// One way to run the network: a closure for each thread, each call doing `images` images.
struct Contender {
  int images = 1;
  std::vector<std::function<void()>> steps;
  double best = 0;  ///< images per second
};

/// One turn on all threads of the contender at once.
double images_per_second(const Contender& contender) {
  std::vector<double> rates(contender.steps.size());
  const auto work = [&](std::size_t thread) {
    const std::function<void()>& step = contender.steps[thread];
    step();
    long calls = 0;
    const double start = thread_seconds();
    double elapsed = 0;
    while (elapsed < kTurnSeconds) {
      step();
      ++calls;
      elapsed = thread_seconds() - start;
    }
    rates[thread] = static_cast<double>(calls) * contender.images / elapsed;
  };
  std::vector<std::thread> workers;
  for (std::size_t thread = 0; thread < rates.size(); ++thread) workers.emplace_back(work, thread);
  for (std::thread& worker : workers) worker.join();
  double total = 0;
  for (const double rate : rates) total += rate;
  return total;
}

std::function<void()> fast_step(const accel::FastGraph& fast,
                                const accel::FastGraph::Weights& weights) {
  const auto workspace = std::make_shared<accel::FastGraph::Workspace>(fast);
  const std::size_t size = fast.graph().tensor(fast.graph().input).shape.elements();
  std::vector<std::uint8_t> images(size * kImages);
  for (std::size_t i = 0; i < images.size(); ++i) {
    images[i] = static_cast<std::uint8_t>(i * 2654435761U >> 13U);
  }
  return [&fast, &weights, workspace, size, images, next = std::size_t{0},
          logits = std::vector<std::int32_t>()]() mutable {
    fast.run(weights, images.data() + next++ % kImages * size, *workspace, logits);
  };
}

std::function<void()> onednn_step(const models::Graph& graph, int batch) {
  omp_set_num_threads(1);
  const auto network = std::make_shared<OnednnNetwork>(graph, batch);
  return [network] {
    omp_set_num_threads(1);  // a setting of the calling thread
    network->run();
  };
}

void compare(const accel::FastGraph& fast, const accel::FastGraph::Weights& weights, int threads) {
  std::vector<Contender> contenders(1);
  for (int i = 0; i < threads; ++i) contenders[0].steps.push_back(fast_step(fast, weights));
  for (const int batch : {1, 16, 64}) {
    Contender& contender = contenders.emplace_back();
    contender.images = batch;
    for (int i = 0; i < threads; ++i) contender.steps.push_back(onednn_step(fast.graph(), batch));
  }
  for (int turn = 0; turn < kTurns; ++turn) {
    for (Contender& contender : contenders) {
      contender.best = std::max(contender.best, images_per_second(contender));
    }
  }
  fmt::print("  {} thread{}: fast engine ({}) {:.0f} images/s", threads, threads > 1 ? "s" : "",
             accel::isa_name(accel::best_isa()), contenders[0].best);
  double limit = 0;
  for (std::size_t i = 1; i < contenders.size(); ++i) {
    fmt::print(", oneDNN batch {} {:.0f}", contenders[i].images, contenders[i].best);
    limit = std::max(limit, contenders[i].best);
  }
  if (limit > 0) fmt::print(", ratio to its best {:.2f}", contenders[0].best / limit);
  fmt::print("\n");
}

void run_network(const models::Graph& graph) {
  const accel::FastGraph fast(graph);
  double packing = 1.0;
  for (int turn = 0; turn < 20; ++turn) {
    const double start = thread_seconds();
    (void)fast.pack_clean();
    packing = std::min(packing, thread_seconds() - start);
  }
  fmt::print("{}: {:.1f} M multiply-accumulates, {} parameters, packed in {:.2f} ms\n", graph.name,
             static_cast<double>(models::mac_count(graph)) * 1e-6, models::parameter_count(graph),
             1e3 * packing);
  const accel::FastGraph::Weights weights = fast.pack_clean();
  for (const int threads : {1, 2}) compare(fast, weights, threads);
}

}  // namespace
}  // namespace brownout::bench

int main() {
  brownout::bench::run_network(brownout::bench::fashion_resnet());
  brownout::bench::run_network(brownout::bench::cifar_resnet20());
  return 0;
}
