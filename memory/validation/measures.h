// SPDX-License-Identifier: Apache-2.0
// The numbers by which chips are compared (layer 2). Each isolates one property: clustering in
// columns is taken relative to same-block pairs, so that it does not see how unequal blocks are;
// nearness along a column relative to same-column pairs; and so on.
#pragma once

#include <optional>
#include <vector>

#include "memory/fault_map.h"
#include "memory/validation/profile.h"

namespace brownout::memory::validation {

/// A number of a profile and how people read it.
struct Measure {
  const char* name;
  const char* question;  ///< of a comparison, about A and B
  const char* unit;      ///< what the value is
  /// None where the profile does not determine it (no pairs, no directions recorded).
  std::optional<double> (*value)(const Profile& profile, const MapGeometry& geometry,
                                 const std::vector<double>& voltages);
};

/// In the order reports show them.
[[nodiscard]] const std::vector<Measure>& measures();

/// Share of same-block pairs expected in one column, or in one word, for independent cells.
[[nodiscard]] double expected_same_column(const MapGeometry& geometry);
[[nodiscard]] double expected_same_word(const MapGeometry& geometry);
/// Share of the pairs on one line of `length` cells that lie `distance` apart.
[[nodiscard]] double expected_at_distance(std::uint32_t length, std::size_t distance);

/// Pairs at each distance over those expected from the pairs on the same line: 1 is independent.
/// None where there are no pairs.
struct PairCorrelation {
  std::optional<double> words;
  std::optional<double> bits;
};
[[nodiscard]] PairCorrelation pair_correlation(const Profile& profile, const MapGeometry& geometry,
                                               std::size_t distance);

/// Root of the mean squared distance, in probit units, of the failing levels from the straight line
/// through them, weighted by failing cells. None below three such levels.
[[nodiscard]] std::optional<double> probit_residual(const Profile& profile,
                                                    const MapGeometry& geometry,
                                                    const std::vector<double>& voltages);

}  // namespace brownout::memory::validation
