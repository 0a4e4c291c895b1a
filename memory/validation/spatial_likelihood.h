// SPDX-License-Identifier: Apache-2.0
// The likelihood behind spatial_fit.h (layer 2, internal).
#pragma once

#include <array>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include "memory/fault_map.h"

namespace brownout::memory::validation {

constexpr double kNoStructure = std::numeric_limits<double>::infinity();

/// Gamma shapes; kNoStructure where all weights are 1.
struct Shapes {
  double macros = kNoStructure;
  double columns = kNoStructure;
  double rows = kNoStructure;
};

class SpatialLikelihood {
 public:
  SpatialLikelihood(const FaultMap& map, std::size_t level);

  /// Log-likelihood, up to a constant.
  [[nodiscard]] double at(const Shapes& shapes) const;
  /// Pairs of failing cells in one block.
  [[nodiscard]] double pairs() const { return pairs_; }

 private:
  /// How often a value occurs.
  using Counts = std::vector<std::pair<double, double>>;
  /// Failing cells that share these: their block's failing cells and hazard, their column's and
  /// row's failing cells.
  struct CellKind {
    double block = 0;
    double hazard = 0;
    double column = 0;
    double row = 0;
    double times = 0;
  };

  [[nodiscard]] double dirichlet(const Counts& lines, double k, double length) const;
  [[nodiscard]] double saturation(const Shapes& shapes) const;
  [[nodiscard]] double block_totals(const Shapes& shapes) const;

  double columns_;
  double rows_;
  double pairs_ = 0;
  double mean_hazard_ = 0;
  Counts block_counts_;   // failing cells of blocks that have any
  Counts column_counts_;  // of columns that have any
  Counts row_counts_;
  Counts hazards_;  // of all blocks
  std::vector<CellKind> kinds_;
};

}  // namespace brownout::memory::validation
