// SPDX-License-Identifier: Apache-2.0
#include "memory/validation/structure_tests.h"

#include <fmt/format.h>

#include <algorithm>

#include "memory/validation/behaviour_tests.h"
#include "memory/validation/measures.h"
#include "memory/validation/profile.h"
#include "memory/validation/recut.h"
#include "memory/validation/resampled_layout.h"
#include "sim/core/error.h"

namespace brownout::memory::validation {
namespace {

enum class Tail { kUpper, kBoth };

/// A spatial test as reports name it. The effect is that of the measure of the same name.
struct SpatialRow {
  SpatialTest test;
  const char* name;
  const char* question;
  Tail tail;
};

constexpr std::array<SpatialRow, kSpatialTests> kRows = {{
    {kBlocks, "blocks", "do some blocks have more faults than chance gives?", Tail::kUpper},
    {kColumns, "columns", "do the faults of a block gather in columns?", Tail::kUpper},
    {kWords, "words", "do the faults of a block gather in words?", Tail::kUpper},
    {kBitPositions, "bit positions", "are the same bits weak in all blocks?", Tail::kUpper},
    {kWordDistance, "word distance", "do neighbours along a column fail together?", Tail::kBoth},
    {kBitDistance, "bit distance", "do neighbours along a word fail together?", Tail::kBoth},
}};

std::vector<SpatialStatistics> redraw_all(const Layout& layout, const ResamplingOptions& options,
                                          ThreadPool& pool) {
  std::vector<SpatialStatistics> draws(options.resamples);
  std::vector<DistinctSampler> samplers(pool.size());
  pool.parallel_for(options.resamples, [&](std::size_t worker, std::size_t index) {
    RandomStream random(options.seed, index);
    draws[index] = layout.redraw(random, samplers[worker]);
  });
  return draws;
}

/// Rank of what was found among the draws; ties count against it, sums differ by rounding.
double p_value(const SpatialRow& row, const SpatialStatistics& found,
               const std::vector<SpatialStatistics>& draws) {
  const double at = found[row.test];
  const double slack = 1e-9 * std::max(1.0, at);
  double above = 1;
  double below = 1;
  for (const SpatialStatistics& draw : draws) {
    if (draw[row.test] >= at - slack) above += 1;
    if (draw[row.test] <= at + slack) below += 1;
  }
  const auto all = static_cast<double>(draws.size() + 1);
  return row.tail == Tail::kUpper ? above / all : std::min(1.0, 2 * std::min(above, below) / all);
}

/// Why a test says nothing here; empty if it does.
std::string obstacle(SpatialTest test, const MapGeometry& geometry, const Profile& chip,
                     std::size_t faulty_blocks) {
  if (chip.faults == 0) return "no cell fails at this voltage";
  if (test == kBlocks) return geometry.blocks < 2 ? "a single block" : "";
  if (test == kBitPositions) {
    if (geometry.word_bits < 2) return "a single bit";
    return faulty_blocks < 2 ? "fewer than two blocks with faults" : "";
  }
  if (chip.pairs == 0) return "no two faults in one block";
  const bool along_words = test == kWords || test == kBitDistance;
  if ((along_words ? geometry.word_bits : geometry.rows) < 2) return "lines of a single cell";
  if (test == kWordDistance && chip.same_column == 0) return "no two faults in one column";
  if (test == kBitDistance && chip.same_word == 0) return "no two faults in one word";
  return "";
}

const Measure& measure_of(const char* name) {
  const auto& all = measures();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Measure& measure) {
    return std::string(measure.name) == name;
  });
  require(found != all.end(), "a spatial test has a measure of its name");
  return *found;
}

std::vector<TestResult> spatial_tests(const FaultMap& map, std::size_t level,
                                      const ResamplingOptions& options, ThreadPool& pool) {
  const std::vector<Profile> blocks = block_profiles(map, level);
  const Profile chip = total(blocks);
  const auto faulty = static_cast<std::size_t>(std::count_if(
      blocks.begin(), blocks.end(), [](const Profile& block) { return block.faults > 0; }));
  const Layout layout(map.geometry(), map.levels()[level].faults);
  const auto draws = redraw_all(layout, options, pool);
  std::vector<TestResult> results;
  for (const SpatialRow& row : kRows) {
    const Measure& measure = measure_of(row.name);
    TestResult result;
    result.name = row.name;
    result.question = row.question;
    result.statistic = layout.found()[row.test];
    result.effect_name = measure.unit;
    result.reference = 1;  // all are ratios to independent cells
    result.method = "resampling, exact for independent cells";
    result.note = obstacle(row.test, map.geometry(), chip, faulty);
    result.tested = result.note.empty();
    if (const auto effect = measure.value(chip, map.geometry(), {})) result.effect = *effect;
    if (result.tested) result.p_value = p_value(row, layout.found(), draws);
    results.push_back(result);
  }
  return results;
}

}  // namespace

std::vector<TestResult> test_structure(const FaultMap& map, std::size_t level,
                                       const ResamplingOptions& options, ThreadPool& pool) {
  require(level < map.levels().size(), "a level of the map");
  const std::size_t faults = map.levels()[level].faults.size();
  const auto step = static_cast<std::uint32_t>(
      std::min<std::size_t>(1 + faults / (kMostResampled + 1), map.geometry().blocks));
  const FaultMap sample = step == 1 ? map.select({level}) : every_block(map.select({level}), step);
  std::vector<TestResult> results = spatial_tests(sample, 0, options, pool);
  results.push_back(test_direction(map.levels()[level]));
  results.push_back(test_inclusion(map));
  results.push_back(test_curve(map, options));
  results.push_back(test_reads(sample.levels().front(), options));
  for (TestResult& result : results) {
    const bool whole = step == 1 || !result.tested || result.name == "direction" ||
                       result.name == "inclusion" || result.name == "curve";
    if (!whole) {
      result.note =
          fmt::format("on {} of {} blocks", sample.geometry().blocks, map.geometry().blocks);
    }
  }
  judge(results, options.alpha);
  return results;
}

}  // namespace brownout::memory::validation
