// SPDX-License-Identifier: Apache-2.0
// One map against the simplest model (layer 2): cells that fail independently and alike, and for
// good. Each spatial test keeps what the tests before it look at, so that unequal blocks do not
// make columns look clustered, nor clustered columns neighbours along them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "memory/fault_map.h"
#include "memory/validation/test_result.h"
#include "sim/core/thread_pool.h"

namespace brownout::memory::validation {

struct ResamplingOptions {
  std::size_t resamples = 999;
  std::uint64_t seed = 1;
  double alpha = 0.05;
};

/// Failing cells that are resampled at most: a thousand times in seconds.
constexpr std::size_t kMostResampled = 200'000;

/// Spatial tests at levels()[level] by resampling, given the number of failing cells:
///   blocks         chi-square of block counts; cells drawn anywhere
///   columns, words chi-square within blocks; drawn anywhere in their block
///   bit positions  chi-square over the word; each block's columns permuted
///   word distance  pairs 1-2 words apart; rows redrawn within each column
///   bit distance   pairs 1-2 bits apart; bits redrawn within each word
/// and, as far as the map tells,
///   direction      exact binomial test against 0.5
///   inclusion      no cell that fails may work at a lower voltage
///   curve          deviance from a probit line by parametric bootstrap
///   reads          one failure probability for all failing cells, by parametric bootstrap
/// Of maps with more than kMostResampled failing cells, those of evenly spaced blocks are
/// resampled. p-values are exact under independent cells: chi-square tables are not used. Judged by
/// Holm.
[[nodiscard]] std::vector<TestResult> test_structure(const FaultMap& map, std::size_t level,
                                                     const ResamplingOptions& options,
                                                     ThreadPool& pool);

}  // namespace brownout::memory::validation
