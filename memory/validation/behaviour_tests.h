// SPDX-License-Identifier: Apache-2.0
// What failing cells do, against the simplest model (layer 2): the tests of test_structure that ask
// not where cells lie. Results are not judged yet.
#pragma once

#include "memory/fault_map.h"
#include "memory/validation/structure_tests.h"
#include "memory/validation/test_result.h"

namespace brownout::memory::validation {

/// Do as many failing cells read 1 as read 0? Exact binomial test, two-sided: the probability of
/// all counts that are no likelier.
[[nodiscard]] TestResult test_direction(const MapLevel& level);

/// Do cells that fail fail at all lower voltages too? A model of one voltage per cell allows no
/// exception: p is 0 if there is one. Effect: the share still failing, over all steps.
[[nodiscard]] TestResult test_inclusion(const FaultMap& map);

/// Do the shares of failing cells lie on a probit line? Effect: the largest residual.
[[nodiscard]] TestResult test_curve(const FaultMap& map, const ResamplingOptions& options);

/// Do all failing cells fail a read equally often? Variance of failures against the binomial one,
/// given that each failed at least once; parametric bootstrap.
[[nodiscard]] TestResult test_reads(const MapLevel& level, const ResamplingOptions& options);

/// p-value of `successes` of `trials` against probability `p`.
[[nodiscard]] double binomial_p_value(double successes, double trials, double p);

}  // namespace brownout::memory::validation
