// SPDX-License-Identifier: Apache-2.0
#include "memory/validation/map_numbers.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "memory/validation/count_fits.h"
#include "memory/validation/measures.h"
#include "sim/core/error.h"

namespace brownout::memory::validation {
namespace {

constexpr double kWorstShare = 0.05;

void add_blocks(const std::vector<Profile>& blocks, std::vector<MapNumber>& numbers) {
  std::vector<double> counts;
  double all = 0;
  for (const Profile& block : blocks) {
    counts.push_back(block.faults);
    all += block.faults;
  }
  if (all == 0) return;
  const Estimate k = fit_negative_binomial(counts);
  std::sort(counts.begin(), counts.end(), std::greater<>());
  const auto clean = static_cast<double>(std::count(counts.begin(), counts.end(), 0.0));
  const auto worst = static_cast<std::size_t>(
      std::max(1.0, std::round(kWorstShare * static_cast<double>(counts.size()))));
  double of_worst = 0;
  for (std::size_t i = 0; i < worst; ++i) of_worst += counts[i];
  numbers.push_back({"fault-free blocks", clean, {}, "blocks without failing cell"});
  numbers.push_back({"worst block", counts.front(), {}, "failing cells of the worst block"});
  numbers.push_back({"worst 5 % of blocks", of_worst / all, {}, "share of all failing cells"});
  numbers.push_back(
      {"negative binomial k", k.value, k.interval, "of block counts; infinite: Poisson"});
}

void add_pairs(const Profile& chip, std::vector<MapNumber>& numbers) {
  if (chip.pairs == 0) return;
  numbers.push_back({"pairs in one column",
                     chip.same_column / chip.pairs,
                     {},
                     "share of pairs of failing cells of a block"});
  numbers.push_back({"pairs in one word",
                     chip.same_word / chip.pairs,
                     {},
                     "share of pairs of failing cells of a block"});
}

void add_curve(const FaultMap& map, std::vector<MapNumber>& numbers) {
  try {
    const ProbitFit fit = fit_probit(first_failures(map));
    const std::string unit = map.unit();
    numbers.push_back({"curve mu", fit.mu.value, fit.mu.interval,
                       "median failure voltage of the probit line, " + unit});
    numbers.push_back({"curve sigma", fit.sigma.value, fit.sigma.interval,
                       "standard deviation of failure voltages, " + unit});
  } catch (const InputError&) {
    // Cells begin to fail at one voltage or none: no line.
  }
}

}  // namespace

std::vector<MapNumber> numbers_of(const Sample& sample) {
  const FaultMap& map = sample.first;
  const std::vector<Profile> blocks = block_profiles(map, sample.level);
  const Profile chip = total(blocks);
  std::vector<MapNumber> numbers;
  add_blocks(blocks, numbers);
  add_pairs(chip, numbers);
  for (const Measure& measure : measures()) {
    const auto value = measure.value(chip, map.geometry(), voltages_of(map));
    if (value) numbers.push_back({measure.name, *value, {}, measure.unit});
  }
  add_curve(map, numbers);
  return numbers;
}

}  // namespace brownout::memory::validation
