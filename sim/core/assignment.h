// SPDX-License-Identifier: Apache-2.0
// The assignment problem (layer 0): every row a column of its own, at the least total cost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace brownout {

/// Costs of `rows` x `columns`, row by row.
struct CostMatrix {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::vector<double> costs;

  [[nodiscard]] double at(std::size_t row, std::size_t column) const {
    return costs[row * columns + column];
  }
};

/// The column of every row, by shortest augmenting paths (Kuhn, Naval Research Logistics Quarterly
/// 2, 1955; with Dijkstra's potentials, in time rows^2 x columns). Needs at least as many columns
/// as rows and finite costs.
[[nodiscard]] std::vector<std::uint32_t> cheapest_assignment(const CostMatrix& matrix);

}  // namespace brownout
