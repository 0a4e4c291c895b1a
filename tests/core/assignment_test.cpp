// SPDX-License-Identifier: Apache-2.0
#include "sim/core/assignment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <set>
#include <string>

#include "sim/core/error.h"

namespace brownout {
namespace {

double total(const CostMatrix& matrix, const std::vector<std::uint32_t>& columns) {
  double sum = 0;
  for (std::size_t row = 0; row < matrix.rows; ++row) sum += matrix.at(row, columns[row]);
  return sum;
}

double least(const CostMatrix& matrix) {
  std::vector<std::uint32_t> columns(matrix.columns);
  std::iota(columns.begin(), columns.end(), 0U);
  double best = total(matrix, columns);
  while (std::next_permutation(columns.begin(), columns.end())) {
    best = std::min(best, total(matrix, columns));
  }
  return best;
}

TEST(Assignment, CostsNoMoreThanAnyOther) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 300; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    CostMatrix matrix;
    matrix.columns = 1 + random() % 6;
    matrix.rows = 1 + random() % matrix.columns;
    // Few different costs, many ties.
    for (std::size_t i = 0; i < matrix.rows * matrix.columns; ++i) {
      matrix.costs.push_back(static_cast<double>(random() % (round % 2 == 0 ? 4 : 1000)));
    }
    const auto columns = cheapest_assignment(matrix);
    ASSERT_EQ(columns.size(), matrix.rows);
    ASSERT_EQ(std::set<std::uint32_t>(columns.begin(), columns.end()).size(), matrix.rows);
    for (const std::uint32_t column : columns) ASSERT_LT(column, matrix.columns);
    ASSERT_DOUBLE_EQ(total(matrix, columns), least(matrix));
  }
}

TEST(Assignment, NeedsAColumnForEveryRow) {
  EXPECT_TRUE(cheapest_assignment({0, 3, {}}).empty());
  EXPECT_THROW(static_cast<void>(cheapest_assignment({2, 1, {1, 2}})), SimulationError);
}

}  // namespace
}  // namespace brownout
