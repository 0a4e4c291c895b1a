// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/equal_energy.h"

#include <algorithm>
#include <set>

#include "sim/core/error.h"

namespace brownout::sweep {
namespace {

bool beats(const VariantPoint& a, const VariantPoint& b, EnergyOf energy) {
  const bool no_worse = a.mean >= b.mean && a.*energy <= b.*energy;
  return no_worse && (a.mean > b.mean || a.*energy < b.*energy);
}

}  // namespace

std::vector<const VariantPoint*> pareto_front(const std::vector<VariantPoint>& points,
                                              EnergyOf energy) {
  std::vector<const VariantPoint*> front;
  for (const VariantPoint& p : points) {
    const bool beaten = std::any_of(points.begin(), points.end(), [&](const VariantPoint& other) {
      return !other.is_reference && beats(other, p, energy);
    });
    if (!p.is_reference && !beaten) front.push_back(&p);
  }
  std::stable_sort(front.begin(), front.end(), [&](const VariantPoint* a, const VariantPoint* b) {
    return a->*energy < b->*energy;
  });
  return front;
}

void mark_pareto(std::vector<VariantPoint>& points) {
  for (VariantPoint& p : points) p.pareto = false;
  for (const VariantPoint* p : pareto_front(points, &VariantPoint::energy)) {
    points[static_cast<std::size_t>(p - points.data())].pareto = true;
  }
}

std::vector<Picojoules> energy_budgets(const std::vector<VariantPoint>& points, EnergyOf energy,
                                       std::size_t most) {
  require(most > 0, "no budgets asked for");
  std::set<Picojoules> distinct;
  for (const VariantPoint& p : points) {
    if (!p.is_reference) distinct.insert(p.*energy);
  }
  const std::vector<Picojoules> energies(distinct.begin(), distinct.end());
  const std::size_t count = std::min(most, energies.size());
  std::vector<Picojoules> budgets;
  for (std::size_t i = 1; i <= count; ++i) {
    budgets.push_back(energies[(i * energies.size() + count - 1) / count - 1]);
  }
  return budgets;
}

const VariantPoint* best_within(const VariantCurve& curve, Picojoules budget, EnergyOf energy) {
  const VariantPoint* best = nullptr;
  for (const VariantPoint* p : curve.points) {
    if (p->*energy > budget) continue;
    const bool better = best == nullptr || p->mean > best->mean ||
                        (p->mean == best->mean && p->*energy < best->*energy);
    if (better) best = p;
  }
  return best;
}

}  // namespace brownout::sweep
