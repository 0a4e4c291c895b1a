// SPDX-License-Identifier: Apache-2.0
// Variants side by side in words (layer 5): for the terminal, and what the joint report shares.
#pragma once

#include <string>
#include <vector>

#include "sim/sweep/equal_energy.h"
#include "sim/sweep/variant_table.h"

namespace brownout::sweep {

constexpr std::size_t kShownBudgets = 7;  ///< as many columns as fit beside the names
/// Behind the highest accuracy of a budget.
constexpr const char* kBestMark = "*";

/// A row a variant: its name, then the accuracy of its best point within each budget, in %.
[[nodiscard]] std::vector<std::vector<std::string>> equal_energy_rows(
    const std::vector<VariantPoint>& points, const std::vector<Picojoules>& budgets,
    EnergyOf energy);

/// For a terminal: accuracy by variant and voltage, what each variant costs and saves, and accuracy
/// at equal energy.
[[nodiscard]] std::string variants_text(const std::vector<VariantPoint>& points);

}  // namespace brownout::sweep
