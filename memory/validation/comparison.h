// SPDX-License-Identifier: Apache-2.0
// Two samples against each other (layer 2): are A and B chips of one kind? By permutation of units
// that are interchangeable if they are, so p-values are exact whatever the faults share in a unit:
//
// - chips, when a side is a model: each chip gives one number, A's is ranked among all;
// - blocks, when both are maps: blocks are exchanged between the two. What blocks of a chip have in
//   common (a whole chip that is weaker) then counts as difference, as it should.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "memory/validation/sample.h"
#include "memory/validation/structure_tests.h"
#include "memory/validation/test_result.h"
#include "sim/core/statistics.h"
#include "sim/core/thread_pool.h"

namespace brownout::memory::validation {

/// One side at one voltage.
struct RateInterval {
  double faults = 0;  ///< over all chips of the side
  double cells = 0;
  Interval interval;  ///< Clopper-Pearson, 95 %, of the share of failing cells
  [[nodiscard]] double rate() const { return faults / cells; }
};

/// Both sides at one voltage.
struct RateRow {
  double voltage = 0;
  RateInterval a;
  RateInterval b;
  double p_value = 1;  ///< of this voltage alone; the family's test is over all voltages
};

/// Cells that fail on both of two maps at the structure level: the same chip measured twice shares
/// most of them.
struct Overlap {
  double shared = 0;
  double expected = 0;  ///< of independent maps with these numbers of failing cells
};

struct Comparison {
  bool by_blocks = false;
  std::size_t units_a = 0;
  std::size_t units_b = 0;
  std::vector<RateRow> rates;       ///< falling voltage
  std::vector<TestResult> results;  ///< the rates of all voltages first, then measures()
  Overlap overlap;                  ///< by blocks only
  double smallest_p = 0;            ///< that so few units or resamples can give
};

/// `a` and `b` have equal geometries, voltages and levels. Throws InputError when there are too few
/// units for any test (two chips of a model, two blocks a map).
[[nodiscard]] Comparison compare(const Sample& a, const Sample& b, const ResamplingOptions& options,
                                 ThreadPool& pool);

/// The rates of one side; those of B are empty.
[[nodiscard]] std::vector<RateRow> rates_of(const Sample& sample);

/// How many chips of a model give p-values that survive Holm's correction at `alpha`.
[[nodiscard]] std::size_t chips_needed(double alpha);

}  // namespace brownout::memory::validation
