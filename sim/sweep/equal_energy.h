// SPDX-License-Identifier: Apache-2.0
// Variants at equal energy (layer 5): the points nobody beats, and how accurate each variant gets
// within a budget. Measured points of the sweep only, nothing between them; references are none.
#pragma once

#include <cstddef>
#include <vector>

#include "sim/core/units.h"
#include "sim/sweep/variant_table.h"

namespace brownout::sweep {

/// Which energy of an image: &VariantPoint::energy or &VariantPoint::buffers.
using EnergyOf = Picojoules VariantPoint::*;

/// By rising energy, the points for which no other is as accurate for less or more accurate for as
/// much.
[[nodiscard]] std::vector<const VariantPoint*> pareto_front(const std::vector<VariantPoint>& points,
                                                            EnergyOf energy);

/// Sets `pareto` of every point: the front of all energy.
void mark_pareto(std::vector<VariantPoint>& points);

/// Budgets by which to compare: at most `most` of the points' energies, evenly many points between
/// one and the next, the largest last. `most` is above 0.
[[nodiscard]] std::vector<Picojoules> energy_budgets(const std::vector<VariantPoint>& points,
                                                     EnergyOf energy, std::size_t most);

/// The most accurate point of the curve within the budget, of several the one of least energy; null
/// where all need more.
[[nodiscard]] const VariantPoint* best_within(const VariantCurve& curve, Picojoules budget,
                                              EnergyOf energy);

}  // namespace brownout::sweep
