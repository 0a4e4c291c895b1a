// SPDX-License-Identifier: Apache-2.0
#include "sim/model/accuracy.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "accel/fast/fast_graph.h"
#include "models/data/input_encoder.h"
#include "models/quantizer/float_evaluate.h"
#include "models/reference.h"
#include "sim/core/error.h"

namespace brownout::model {
namespace {

std::string text(const models::Shape& shape) {
  return fmt::format("{} x {} x {}", shape.channels, shape.height, shape.width);
}

void check_images(const models::Shape& input, const models::Dataset& dataset, std::size_t images) {
  if (images == 0 || images > dataset.size()) {
    throw InputError(fmt::format("found {} images, allowed: 1 to {}, the size of the data set '{}'",
                                 images, dataset.size(), dataset.name));
  }
  if (input != dataset.shape) {
    throw InputError(
        fmt::format("found images of {} (channels x height x width), the network takes "
                    "{}; 'pad_to' enlarges images",
                    text(dataset.shape), text(input)));
  }
}

Score count(const std::vector<char>& right) {
  return {static_cast<std::size_t>(std::count(right.begin(), right.end(), 1)), right.size()};
}

}  // namespace

Interval Score::interval() const { return clopper_pearson(correct, images, 0.95); }

Score float_score(const models::FloatNetwork& network, const models::Dataset& dataset,
                  std::size_t images, ThreadPool& pool) {
  check_images(network.input, dataset, images);
  const models::FloatEvaluator evaluator(network);
  std::vector<char> right(images, 0);
  pool.parallel_for(images, [&](std::size_t, std::size_t i) {
    const auto values = evaluator.values(models::preprocess(dataset, i, network.preprocessing));
    const auto& logits = values.back();
    const auto best = std::max_element(logits.begin(), logits.end()) - logits.begin();
    right[i] = best == dataset.labels[i] ? 1 : 0;
  });
  return count(right);
}

Score integer_score(const models::Graph& graph, const models::Dataset& dataset, std::size_t images,
                    ThreadPool& pool) {
  check_images(graph.tensor(graph.input).shape, dataset, images);
  const models::InputEncoder encoder(graph);
  const accel::FastGraph fast(graph);
  const auto weights = fast.pack_clean();
  std::vector<accel::FastGraph::Workspace> workspaces;
  for (std::size_t i = 0; i < pool.size(); ++i) workspaces.emplace_back(fast);
  std::vector<char> right(images, 0);
  pool.parallel_for(images, [&](std::size_t worker, std::size_t i) {
    std::vector<std::int32_t> logits;
    fast.run(weights, encoder.encode(dataset, i).data(), workspaces[worker], logits);
    right[i] = models::classify(graph, logits) == dataset.labels[i] ? 1 : 0;
  });
  return count(right);
}

}  // namespace brownout::model
