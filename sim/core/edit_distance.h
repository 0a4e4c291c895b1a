// SPDX-License-Identifier: Apache-2.0
// "Did you mean": the nearest of some known names (layer 0).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace brownout {

/// Fewest insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`
/// (optimal string alignment).
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The one of `candidates` nearest to `name`, the first of equals; none if all of them differ in
/// more than about a third of their letters.
[[nodiscard]] std::optional<std::string> nearest_name(std::string_view name,
                                                      const std::vector<std::string>& candidates);

}  // namespace brownout
