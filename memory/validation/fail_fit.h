// SPDX-License-Identifier: Apache-2.0
// How reliably failing cells fail (layer 2): the fail probability of mechanism.h from repeated
// reads, by maximum likelihood.
#pragma once

#include <cstdint>
#include <vector>

#include "memory/mechanism.h"
#include "memory/validation/probit_fit.h"

namespace brownout::memory::validation {

/// Failures over reads of cells of which a share fails always and the others with probabilities of
/// their own, Beta(alpha, beta) distributed. Cells that never failed were not seen, which the
/// likelihood allows for.
struct FailFit {
  FailProbability probability;
  Estimate mean;    ///< of the fail probability over cells, seen or not
  Estimate always;  ///< share of cells that fail always
  double seen = 1;  ///< share of cells that fail in at least one of the reads
};

/// `counts[i]` cells failed i of `reads` reads, i from 1; counts[0] is ignored. Throws InputError
/// below two reads or without cells.
[[nodiscard]] FailFit fit_failures(const std::vector<double>& counts, std::uint32_t reads,
                                   double confidence = 0.95);

}  // namespace brownout::memory::validation
