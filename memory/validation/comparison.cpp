// SPDX-License-Identifier: Apache-2.0
#include "memory/validation/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>

#include "memory/validation/measures.h"
#include "memory/validation/permutation.h"
#include "memory/validation/profile.h"
#include "sim/core/error.h"

namespace brownout::memory::validation {
namespace {

using Profiles = std::vector<Profile>;

constexpr const char* kUnknownA = "A does not determine it";
constexpr const char* kUnknownB = "B does not determine it";

/// What all tests of one comparison share.
struct Setting {
  const MapGeometry& geometry;
  std::vector<double> voltages;
  std::size_t level;
  const ResamplingOptions& options;
};

void check(const Sample& a, const Sample& b) {
  require(!a.chips.empty() && !b.chips.empty(), "both sides of a comparison have chips");
  if (a.first.geometry() != b.first.geometry()) {
    throw InputError(fmt::format("{} has {} cells, allowed to compare with {}: {}", b.label,
                                 b.first.geometry().text(), a.label, a.first.geometry().text()));
  }
  require(voltages_of(a.first) == voltages_of(b.first), "both sides have the same voltages");
  require(a.level == b.level && a.level < a.first.levels().size(), "a level of both sides");
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
    result.note = of_a == 0 ? kUnknownA : kUnknownB;
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

/// Every measure of one side, as far as determined.
using Values = std::vector<std::optional<double>>;

Values values_of(const Profile& profile, const Setting& setting) {
  Values values;
  for (const Measure& measure : measures()) {
    values.push_back(measure.value(profile, setting.geometry, setting.voltages));
  }
  return values;
}

/// Both sides when A has the `chosen` units.
std::pair<Values, Values> divide(const Profiles& units, const Profile& whole,
                                 const std::vector<std::size_t>& chosen, const Setting& setting) {
  Profile a = units[chosen.front()];
  for (std::size_t i = 1; i < chosen.size(); ++i) a += units[chosen[i]];
  Profile b = whole;
  b -= a;
  return {values_of(a, setting), values_of(b, setting)};
}

double difference(const std::optional<double>& a, const std::optional<double>& b) {
  return a && b ? std::abs(*a - *b) : std::numeric_limits<double>::infinity();
}

/// Difference of the two maps' values when blocks change sides; divisions that leave one undefined
/// count as far off, which can only raise the p-value.
void test_blocks(const Profiles& units, std::size_t units_a, const Setting& setting,
                 ThreadPool& pool, std::vector<TestResult>& results) {
  const Permutations permutations(units_a, units.size() - units_a, setting.options.resamples,
                                  setting.options.seed);
  const Profile whole = total(units);
  std::vector<std::size_t> first(units_a);
  std::iota(first.begin(), first.end(), std::size_t{0});
  const auto [a, b] = divide(units, whole, first, setting);
  std::vector<std::vector<double>> others(permutations.size());
  pool.parallel_for(permutations.size(), [&](std::size_t /*worker*/, std::size_t index) {
    std::vector<std::size_t> chosen;
    permutations.choose(index, chosen);
    const auto [one, other] = divide(units, whole, chosen, setting);
    for (std::size_t m = 0; m < one.size(); ++m) {
      others[index].push_back(difference(one[m], other[m]));
    }
  });
  for (std::size_t m = 0; m < results.size(); ++m) {
    TestResult& result = results[m];
    if (!a[m] || !b[m]) {
      result.note = a[m] ? kUnknownB : kUnknownA;
      continue;
    }
    result.tested = true;
    result.effect = *a[m];
    result.reference = *b[m];
    result.statistic = difference(a[m], b[m]);
    Tails tails;
    for (const auto& other : others) tails.add(result.statistic, other[m]);
    result.p_value = tails.upper();
  }
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
Profiles units_of(const Sample& a, const Sample& b, Comparison& comparison) {
  comparison.by_blocks = !a.is_model && !b.is_model;
  Profiles units = a.chips;
  Profiles others = b.chips;
  if (comparison.by_blocks) {
    units = block_profiles(a.first, a.level);
    others = block_profiles(b.first, b.level);
    comparison.overlap = overlap_of(a.first, b.first, a.level);
  }
  comparison.units_a = units.size();
  comparison.units_b = others.size();
  if (comparison.by_blocks ? units.size() < 2 : others.size() < 2) {
    throw InputError(
        comparison.by_blocks
            ? "found one block a map, allowed: two or more to exchange; --tile ROWSxBITS cuts "
              "blocks into the arrays they consist of"
            : "found one chip of a model, allowed: two or more to rank among");
  }
  units.insert(units.end(), others.begin(), others.end());
  return units;
}

/// The comparison with A and B changed over.
Comparison mirrored(Comparison comparison) {
  std::swap(comparison.units_a, comparison.units_b);
  for (RateRow& row : comparison.rates) std::swap(row.a, row.b);
  for (TestResult& result : comparison.results) {
    if (result.tested) std::swap(result.effect, result.reference);
    if (result.note == kUnknownA) {
      result.note = kUnknownB;
    } else if (result.note == kUnknownB) {
      result.note = kUnknownA;
    }
  }
  return comparison;
}

std::vector<TestResult> questions() {
  std::vector<TestResult> results;
  for (const Measure& measure : measures()) {
    TestResult result;
    result.name = measure.name;
    result.question = measure.question;
    result.effect_name = measure.unit;
    results.push_back(result);
  }
  return results;
}

}  // namespace

Comparison compare(const Sample& a, const Sample& b, const ResamplingOptions& options,
                   ThreadPool& pool) {
  // One chip is ranked among many: the side with a single one comes first.
  if (b.chips.size() == 1 && a.chips.size() > 1) return mirrored(compare(b, a, options, pool));
  check(a, b);
  const Setting setting{a.first.geometry(), voltages_of(a.first), a.level, options};
  Comparison comparison;
  const Profiles units = units_of(a, b, comparison);
  const Permutations permutations(comparison.units_a, comparison.units_b, options.resamples,
                                  options.seed);
  comparison.smallest_p = permutations.smallest_p(comparison.by_blocks ? 1 : 2);
  const TestResult rates = compare_rates(units, comparison.units_a, setting, comparison);
  comparison.results = questions();
  if (comparison.by_blocks) {
    test_blocks(units, comparison.units_a, setting, pool, comparison.results);
  } else {
    for (std::size_t m = 0; m < measures().size(); ++m) {
      test_chips(measures()[m], units, comparison.units_a, setting, comparison.results[m]);
    }
  }
  comparison.results.insert(comparison.results.begin(), rates);
  for (TestResult& result : comparison.results) {
    result.method = comparison.by_blocks ? "blocks exchanged" : "rank among chips";
  }
  judge(comparison.results, options.alpha);
  return comparison;
}

std::vector<RateRow> rates_of(const Sample& sample) {
  const Profile all = total(sample.chips);
  const auto block_cells = static_cast<double>(sample.first.geometry().block_cells());
  std::vector<RateRow> rows;
  for (std::size_t i = 0; i < all.levels.size(); ++i) {
    rows.push_back({sample.first.levels()[i].voltage,
                    interval_of(all.levels[i].faults, all.blocks * block_cells),
                    {},
                    1});
  }
  return rows;
}

std::size_t chips_needed(double alpha) {
  // A rank test of two tails gives at best 2 / (chips + 1).
  const auto tests = static_cast<double>(measures().size() + 1);
  return static_cast<std::size_t>(std::ceil(2 * tests / alpha)) - 1;
}

}  // namespace brownout::memory::validation
