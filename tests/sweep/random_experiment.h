// SPDX-License-Identifier: Apache-2.0
// A random network with images and a sweep, for tests of what commands do with experiments.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "models/reference.h"
#include "sim/sweep/experiment.h"
#include "tests/accel/machine_fixture.h"
#include "tests/support/random_graph.h"

namespace brownout::sweep {

constexpr std::size_t kImages = 12;

inline models::Dataset random_images(const models::Graph& graph, std::uint64_t seed) {
  models::Dataset dataset;
  dataset.name = "random";
  dataset.shape = graph.tensor(graph.input).shape;
  for (std::size_t i = 0; i < kImages; ++i) {
    const auto pixels = test_support::random_input(graph, seed + i);
    dataset.pixels.insert(dataset.pixels.end(), pixels.begin(), pixels.end());
    dataset.labels.push_back(0);
  }
  return dataset;
}

/// Labels are what the reference says, so that every fault-free point must be 100 % correct.
inline Experiment random_experiment(std::uint64_t seed) {
  models::Graph graph = test_support::random_graph(seed);
  const auto channels = static_cast<std::size_t>(graph.tensor(graph.input).shape.channels);
  graph.preprocessing = {std::vector<double>(channels, 0.5), std::vector<double>(channels, 0.3)};
  models::Dataset dataset = random_images(graph, seed);
  SweepConfig sweep{"filter", {VminRatio(1), VminRatio(0.8)}, ChipId(seed), 3, 8, kImages};
  ExperimentConfig config{
      {}, {}, accel::small_machine(4, 4, 4), accel::rails(1, 1, 1), {ChipId(1), 6}, sweep};
  Experiment experiment{
      std::move(config), std::move(graph), std::move(dataset), "", "random", 0, 0};
  const auto inputs = encode_images(experiment, kImages);
  for (std::size_t i = 0; i < kImages; ++i) {
    const models::Inference inference = models::run_reference(experiment.graph, inputs[i]);
    experiment.dataset.labels[i] = models::classify(experiment.graph, inference.logits);
  }
  return experiment;
}

}  // namespace brownout::sweep
