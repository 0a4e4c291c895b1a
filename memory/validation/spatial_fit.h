// SPDX-License-Identifier: Apache-2.0
// The gamma shapes of spatial_model.h from one chip's failing cells at one voltage (layer 2), by
// maximum likelihood. Macro and column weights both make blocks unequal; they are told apart by the
// columns inside blocks.
//
// With cells' hazards small, the likelihood of a block with N failing cells, n_c in columns and n_r
// in rows, factors into
//   a Dirichlet-multinomial of the n_c with parameter k_columns a column, whatever macro and rows,
//   a Dirichlet-multinomial of the n_r with parameter k_rows a row,
//   a mixture of Poisson counts N over the macro's weight times the mean weights of its columns and
//   rows,
// which is exact for cells that could fail many times. That each fails at most once is allowed for
// to first order: (1 - exp(-x)) / (x exp(-x)) for every failing cell, x its estimated hazard.
#pragma once

#include <cstddef>

#include "memory/fault_map.h"
#include "memory/spatial_model.h"
#include "memory/validation/probit_fit.h"

namespace brownout::memory::validation {

/// Shapes with profile-likelihood intervals. Infinite is no such structure.
struct SpatialFit {
  Estimate macros;
  Estimate columns;
  Estimate rows;

  /// Shapes whose interval ends; the others are left out: the data do not need them.
  [[nodiscard]] SpatialConfig config() const;
};

/// Shapes the data do not need are left out one after the other before intervals are formed, the
/// least needed first. Throws InputError when no two cells of a block fail.
[[nodiscard]] SpatialFit fit_spatial(const FaultMap& map, std::size_t level,
                                     double confidence = 0.95);

}  // namespace brownout::memory::validation
