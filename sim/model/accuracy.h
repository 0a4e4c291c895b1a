// SPDX-License-Identifier: Apache-2.0
// How many images a network classifies right (layer 5), in float and in integers.
#pragma once

#include <cstddef>

#include "models/data/dataset.h"
#include "models/graph.h"
#include "models/quantizer/float_network.h"
#include "sim/core/statistics.h"
#include "sim/core/thread_pool.h"

namespace brownout::model {

struct Score {
  std::size_t correct = 0;
  std::size_t images = 0;

  [[nodiscard]] double share() const {
    return static_cast<double>(correct) / static_cast<double>(images);
  }
  /// Of the share, 95 %, Clopper-Pearson.
  [[nodiscard]] Interval interval() const;
};

/// Of the first `images` images, by float arithmetic. Throws InputError when there are not as many
/// or they do not have the network's size.
[[nodiscard]] Score float_score(const models::FloatNetwork& network, const models::Dataset& dataset,
                                std::size_t images, ThreadPool& pool);

/// The same by the fast engine's integers, all cells healthy.
[[nodiscard]] Score integer_score(const models::Graph& graph, const models::Dataset& dataset,
                                  std::size_t images, ThreadPool& pool);

}  // namespace brownout::model
