// SPDX-License-Identifier: Apache-2.0
#include "memory/validation/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

#include "memory/validation/measures.h"
#include "memory/validation/permutation.h"
#include "memory/validation/profile.h"
#include "sim/core/error.h"

namespace brownout::memory::validation {
namespace {

using Profiles = std::vector<Profile>;

/// What all tests of one comparison share.
struct Setting {
  const MapGeometry& geometry;
  std::vector<double> voltages;
  std::size_t level;
  const ResamplingOptions& options;
};

Profiles chip_profiles(const Sample& sample, std::size_t level) {
  Profiles profiles;
  for (const FaultMap& chip : sample.chips) profiles.push_back(total(block_profiles(chip, level)));
  return profiles;
}

void check(const Sample& a, const Sample& b) {
  require(!a.chips.empty() && !b.chips.empty(), "both sides of a comparison have chips");
  const FaultMap& first = a.chips.front();
  for (const FaultMap& map : b.chips) {
    if (map.geometry() != first.geometry()) {
      throw InputError(fmt::format("{} has {} cells, allowed to compare with {}: {}", map.name(),
                                   map.geometry().text(), first.name(), first.geometry().text()));
    }
    require(voltages_of(map) == voltages_of(first), "both sides have the same voltages");
  }
}

RateInterval interval_of(double faults, double cells) {
  return {
      faults, cells,
      clopper_pearson(static_cast<std::uint64_t>(faults), static_cast<std::uint64_t>(cells), 0.95)};
}

TestResult compare_rates(const Profiles& units, std::size_t units_a, const Setting& setting,
                         Comparison& comparison) {
  const Permutations permutations(units_a, units.size() - units_a, setting.options.resamples,
                                  setting.options.seed);
  std::vector<std::vector<double>> counts;
  for (const Profile& unit : units) {
    counts.emplace_back();
    for (const LevelCounts& level : unit.levels) counts.back().push_back(level.faults);
  }
  const ColumnsTest test = test_columns(counts, permutations);
  const auto split = units.begin() + static_cast<std::ptrdiff_t>(units_a);
  const Profile a = total({units.begin(), split});
  const Profile b = total({split, units.end()});
  const auto block_cells = static_cast<double>(setting.geometry.block_cells());
  TestResult result;
  for (std::size_t i = 0; i < setting.voltages.size(); ++i) {
    comparison.rates.push_back(
        {setting.voltages[i], interval_of(a.levels[i].faults, a.blocks * block_cells),
         interval_of(b.levels[i].faults, b.blocks * block_cells), test.column_p_values[i]});
    if (setting.voltages[i] == setting.voltages[setting.level]) {
      result.effect = comparison.rates.back().a.rate();
      result.reference = comparison.rates.back().b.rate();
    }
  }
  result.name = "bit-error rate";
  result.question = "are as many cells failing at every voltage?";
  result.tested = true;
  result.statistic = test.statistic;
  result.p_value = test.p_value;
  result.effect_name =
      fmt::format("share of failing cells at {:.4g}", setting.voltages[setting.level]);
  return result;
}

/// Where A's value lies among those of single chips. Chips that do not determine it are left out:
/// the others stay interchangeable.
void test_chips(const Measure& measure, const Profiles& units, std::size_t units_a,
                const Setting& setting, TestResult& result) {
  std::vector<std::vector<double>> values;
  std::size_t of_a = 0;
  double sum_a = 0;
  double sum_b = 0;
  for (std::size_t i = 0; i < units.size(); ++i) {
    const auto value = measure.value(units[i], setting.geometry, setting.voltages);
    if (!value) continue;
    values.push_back({*value});
    (i < units_a ? sum_a : sum_b) += *value;
    if (i < units_a) ++of_a;
  }
  const std::size_t of_b = values.size() - of_a;
  if (of_a == 0 || of_b < 2) {
    result.note = of_a == 0 ? "A does not determine it" : "B does not determine it";
    return;
  }
  const Permutations permutations(of_a, of_b, setting.options.resamples, setting.options.seed);
  const ColumnsTest test = test_columns(values, permutations);
  result.tested = true;
  result.effect = sum_a / static_cast<double>(of_a);
  result.reference = sum_b / static_cast<double>(of_b);
  result.statistic = test.statistic;
  result.p_value = test.column_p_values.front();
}

/// Difference of the two maps' values when blocks change sides; divisions that leave one undefined
/// count as far off, which can only raise the p-value.
void test_blocks(const Measure& measure, const Profiles& units, std::size_t units_a,
                 const Setting& setting, TestResult& result) {
  const Permutations permutations(units_a, units.size() - units_a, setting.options.resamples,
                                  setting.options.seed);
  std::vector<std::size_t> chosen(units_a);
  std::iota(chosen.begin(), chosen.end(), std::size_t{0});
  std::vector<bool> is_a(units.size());
  std::optional<double> value_a;
  std::optional<double> value_b;
  const auto difference = [&]() -> std::optional<double> {
    std::fill(is_a.begin(), is_a.end(), false);
    for (const std::size_t unit : chosen) is_a[unit] = true;
    std::optional<Profile> a;
    std::optional<Profile> b;
    for (std::size_t i = 0; i < units.size(); ++i) {
      auto& side = is_a[i] ? a : b;
      side ? * side += units[i] : side.emplace(units[i]);
    }
    value_a = measure.value(*a, setting.geometry, setting.voltages);
    value_b = measure.value(*b, setting.geometry, setting.voltages);
    if (!value_a || !value_b) return {};
    return std::abs(*value_a - *value_b);
  };
  const auto found = difference();
  if (!found) {
    result.note = value_a ? "B does not determine it" : "A does not determine it";
    return;
  }
  result.tested = true;
  result.effect = *value_a;
  result.reference = *value_b;
  result.statistic = *found;
  Tails tails;
  for (std::size_t i = 0; i < permutations.size(); ++i) {
    permutations.choose(i, chosen);
    tails.add(*found, difference().value_or(std::numeric_limits<double>::infinity()));
  }
  result.p_value = tails.upper();
}

Overlap overlap_of(const FaultMap& a, const FaultMap& b, std::size_t level) {
  const auto& left = a.levels()[level].faults;
  const auto& right = b.levels()[level].faults;
  Overlap overlap;
  overlap.expected = static_cast<double>(left.size()) * static_cast<double>(right.size()) /
                     static_cast<double>(a.geometry().cells());
  auto other = right.begin();
  for (const MapFault& fault : left) {
    while (other != right.end() && other->cell < fault.cell) ++other;
    if (other != right.end() && other->cell == fault.cell) overlap.shared += 1;
  }
  return overlap;
}

/// Blocks of two maps, or chips; A's first.
Profiles units_of(const Sample& a, const Sample& b, std::size_t level, Comparison& comparison) {
  comparison.by_blocks = !a.is_model && !b.is_model;
  Profiles units;
  Profiles others;
  if (comparison.by_blocks) {
    units = block_profiles(a.chips.front(), level);
    others = block_profiles(b.chips.front(), level);
    comparison.overlap = overlap_of(a.chips.front(), b.chips.front(), level);
  } else {
    units = chip_profiles(a, level);
    others = chip_profiles(b, level);
  }
  comparison.units_a = units.size();
  comparison.units_b = others.size();
  units.insert(units.end(), others.begin(), others.end());
  return units;
}

}  // namespace

Comparison compare(const Sample& a, const Sample& b, std::size_t level,
                   const ResamplingOptions& options) {
  check(a, b);
  // One chip of A is ranked among B's: the side with a single chip comes first.
  if (b.chips.size() == 1 && a.chips.size() > 1) {
    throw InputError("found a model before the map, allowed: the map first");
  }
  const FaultMap& first = a.chips.front();
  require(level < first.levels().size(), "a level of the maps");
  const Setting setting{first.geometry(), voltages_of(first), level, options};
  Comparison comparison;
  const Profiles units = units_of(a, b, level, comparison);
  if (comparison.units_b < 2) {
    throw InputError(fmt::format("found {} {} to permute, allowed: two or more a side",
                                 comparison.units_b,
                                 comparison.by_blocks ? "block" : "chip of a model"));
  }
  const Permutations permutations(comparison.units_a, comparison.units_b, options.resamples,
                                  options.seed);
  comparison.smallest_p = permutations.smallest_p(comparison.by_blocks ? 1 : 2);
  comparison.results.push_back(compare_rates(units, comparison.units_a, setting, comparison));
  for (const Measure& measure : measures()) {
    TestResult result;
    result.name = measure.name;
    result.question = measure.question;
    result.effect_name = measure.unit;
    (comparison.by_blocks ? test_blocks : test_chips)(measure, units, comparison.units_a, setting,
                                                      result);
    comparison.results.push_back(result);
  }
  for (TestResult& result : comparison.results) {
    result.method = comparison.by_blocks ? "blocks exchanged" : "rank among chips";
  }
  judge(comparison.results, options.alpha);
  return comparison;
}

}  // namespace brownout::memory::validation
