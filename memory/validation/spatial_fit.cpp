// SPDX-License-Identifier: Apache-2.0
#include "memory/validation/spatial_fit.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "memory/validation/ascent.h"
#include "memory/validation/spatial_likelihood.h"
#include "sim/core/error.h"

namespace brownout::memory::validation {
namespace {

enum Parameter : std::size_t { kColumns, kMacros, kRows, kParameters };

// What SpatialConfig takes, as logarithms.
const double kLowest = std::log(0.005);
const double kHighest = std::log(1000);

/// Logarithms of shapes; infinite ones stay.
Shapes shapes_of(const Point& logs) {
  return {std::exp(logs[kMacros]), std::exp(logs[kColumns]), std::exp(logs[kRows])};
}

Ascent ascent_of(const SpatialLikelihood& likelihood, std::vector<std::size_t> free) {
  return {[&likelihood](const Point& logs) { return likelihood.at(shapes_of(logs)); },
          {kParameters, {kLowest, kHighest}},
          std::move(free)};
}

/// Leaves out what is not needed, the least needed first; `top` becomes the maximum.
std::vector<std::size_t> needed(const SpatialLikelihood& likelihood, double loss, Point& top) {
  std::vector<std::size_t> free = {kColumns, kMacros, kRows};
  top.assign(kParameters, 0);
  while (!free.empty()) {
    const Ascent ascent = ascent_of(likelihood, free);
    const double best = ascent.climb(top);
    std::vector<double> lost;
    for (const std::size_t shape : free) {
      Point without = top;
      without[shape] = kNoStructure;
      lost.push_back(best - ascent.climb(without, shape));
    }
    const auto least = std::min_element(lost.begin(), lost.end());
    if (*least > loss) break;
    const auto which = free.begin() + (least - lost.begin());
    top[*which] = kNoStructure;
    free.erase(which);
  }
  return free;
}

Estimate estimate_of(const SpatialLikelihood& likelihood, std::vector<std::size_t> free,
                     const Point& top, std::size_t shape, double loss) {
  const double bound = likelihood.at(shapes_of(top)) - loss;
  if (std::isfinite(top[shape])) {
    const auto [lower, upper] = ascent_of(likelihood, free).interval(top, shape, bound);
    return {std::exp(top[shape]), {std::exp(lower), std::exp(upper)}};
  }
  free.push_back(shape);
  Point from = top;
  from[shape] = kHighest;
  const double lower = ascent_of(likelihood, free).end(from, shape, kLowest, bound);
  return {kNoStructure, {std::exp(lower), kNoStructure}};
}

}  // namespace

SpatialConfig SpatialFit::config() const {
  const auto shape = [](const Estimate& k) { return std::isfinite(k.value) ? k.value : 0; };
  return {shape(macros), shape(columns), shape(rows)};
}

SpatialFit fit_spatial(const FaultMap& map, std::size_t level, double confidence) {
  const SpatialLikelihood likelihood(map, level);
  if (likelihood.pairs() == 0) {
    throw InputError(
        "found no two failing cells in one block, allowed for a fit of structure: one such pair or "
        "more");
  }
  const double loss = allowed_loss(confidence);
  Point top;
  const std::vector<std::size_t> free = needed(likelihood, loss, top);
  const auto estimate = [&](std::size_t shape) {
    return estimate_of(likelihood, free, top, shape, loss);
  };
  return {estimate(kMacros), estimate(kColumns), estimate(kRows)};
}

}  // namespace brownout::memory::validation
