// SPDX-License-Identifier: Apache-2.0
// A model drawn with known parameters is found again from the map alone, inside the stated
// intervals as often as stated; macro and column weights are told apart.
#include "memory/validation/model_fit.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "memory/memory_file.h"
#include "memory/validation/fit_words.h"
#include "memory/validation/sample.h"
#include "sim/core/error.h"
#include "tests/memory/validation/simulated_map.h"

namespace brownout::memory::validation {
namespace {

constexpr int kMaps = 24;

/// A model whose curve is a probit line, like IBM's but exactly one, and with little structure.
MemoryConfig model_of(const config::Overrides& faults) {
  const std::string path = (std::filesystem::path(testing::TempDir()) / "line.yaml").string();
  std::string points;
  for (const double v : {0.78, 0.84, 0.88, 0.92, 0.96, 1.0}) {
    points += fmt::format("    - {{voltage: {} Vmin, ber: {:.8e}, energy: {}}}\n", v,
                          normal_cdf((0.7 - v) / 0.06), v * v);
  }
  std::ofstream(path)
      << "name: line\nsource: a test\ncurve:\n  points:\n"
      << points
      << "macro: {rows: 128, word_bits: 16}\nfaults: {}\n"
         "energy: {read: 0 pJ, write: 0 pJ, of: 8 KiB, size_exponent: 0, source: none, "
         "size_source: none}\n"
         "leakage: {per_bit: 0 pW, exponent: 1, source: none}\n";
  return load_memory(path, faults);
}

FaultMap drawn(const MemoryConfig& model, std::uint64_t chip, std::uint32_t reads = 0) {
  return draw_map(model, ChipId(chip),
                  {{64, 128, 16}, true, {0.96, 0.92, 0.88, 0.84}, GroupId::kFilter, reads});
}

bool holds(const Estimate& k, double truth) {
  if (truth == 0) return std::isinf(k.interval.upper);
  return k.interval.lower <= truth && truth <= k.interval.upper;
}

double fewest() {
  return boost::math::quantile(boost::math::binomial_distribution<double>(kMaps, 0.95), 0.001);
}

TEST(SpatialFit, TellsMacrosColumnsAndRowsApart) {
  const std::vector<SpatialConfig> truths = {
      {0, 0, 0}, {0.5, 0, 0}, {0, 0.05, 0}, {0.5, 0.1, 0}, {1, 0, 0.5}};
  for (const SpatialConfig& truth : truths) {
    const MemoryConfig model = model_of({fmt::format("faults.spatial.macros={}", truth.macros),
                                         fmt::format("faults.spatial.columns={}", truth.columns),
                                         fmt::format("faults.spatial.rows={}", truth.rows)});
    int macros = 0;
    int columns = 0;
    int rows = 0;
    for (int i = 0; i < kMaps; ++i) {
      const SpatialFit fit = fit_spatial(drawn(model, static_cast<std::uint64_t>(i) + 1), 3);
      macros += holds(fit.macros, truth.macros) ? 1 : 0;
      columns += holds(fit.columns, truth.columns) ? 1 : 0;
      rows += holds(fit.rows, truth.rows) ? 1 : 0;
    }
    const std::string name =
        fmt::format("macros {} columns {} rows {}", truth.macros, truth.columns, truth.rows);
    EXPECT_GE(macros, fewest()) << name;
    EXPECT_GE(columns, fewest()) << name;
    EXPECT_GE(rows, fewest()) << name;
  }
}

TEST(SpatialFit, FindsTheMeasuredBoardsUnequalBlocksAndColumns) {
  Simulation s;
  s.geometry = {200, 256, 16};
  s.mu = 0.40;
  s.block_k = 0.08;
  s.own_column = 0.93;
  const FaultMap map = simulate(s, 4);
  const SpatialFit fit = fit_spatial(map, 3);
  EXPECT_LT(fit.columns.interval.upper, 0.2);
  EXPECT_LT(fit.macros.interval.upper, 1);
  EXPECT_TRUE(std::isinf(fit.rows.value));
}

TEST(SpatialFit, NeedsAPair) {
  const FaultMap map("m", {4, 8, 8}, true, {{0.9, 0, {{3, ReadsAs::kOne, 0}}}});
  EXPECT_THROW(static_cast<void>(fit_spatial(map, 0)), InputError);
}

TEST(ModelFit, FindsWhatWasDrawn) {
  const MemoryConfig model = model_of({"faults.share_of_ones=0.7", "faults.spatial.columns=0.2"});
  int mu = 0;
  int sigma = 0;
  int ones = 0;
  for (int i = 0; i < kMaps; ++i) {
    FitOptions options;
    options.resamples = 19;
    const FaultMap map = drawn(model, static_cast<std::uint64_t>(i) + 200);
    const ModelFit fit = fit_model(map, options);
    mu += holds(fit.line.mu, 0.7) ? 1 : 0;
    sigma += holds(fit.line.sigma, 0.06) ? 1 : 0;
    ones += holds(*fit.share_of_ones, 0.7) ? 1 : 0;
    EXPECT_FALSE(fit.failures);
  }
  EXPECT_GE(mu, fewest());
  EXPECT_GE(sigma, fewest());
  EXPECT_GE(ones, fewest());
}

TEST(ModelFit, RatesAllowForCellsThatPassedAllReads) {
  MemoryConfig model = model_of({});
  MechanismConfig random;
  random.mechanism = Mechanism::kRandomRead;
  random.probability = {0.3, 0.5, 1.5};
  model.faults.mechanisms = {random};
  FitOptions options;
  options.resamples = 19;
  options.curve = CurveForm::kPoints;
  const ModelFit fit = fit_model(drawn(model, 5, 10), options);
  ASSERT_TRUE(fit.failures);
  EXPECT_TRUE(holds(fit.failures->mean, random.probability.mean()));
  EXPECT_LT(fit.seen(), 0.95);
  const double truth = normal_cdf((0.7 - 0.84) / 0.06);
  EXPECT_NEAR(fit.points.back().rate, truth, 0.1 * truth);
}

TEST(ModelFit, IsWrittenAsAMemoryThatLoadsAndDraws) {
  const std::string path = (std::filesystem::path(testing::TempDir()) / "fitted.yaml").string();
  for (const CurveForm form : {CurveForm::kLine, CurveForm::kPoints}) {
    Simulation s;
    s.block_k = 0.5;
    s.own_column = 0.5;
    s.reads = 8;
    s.a = 1.2;
    s.b = 0.6;
    s.share_of_ones = 0.7;
    const FaultMap map = simulate(s, 3);
    FitOptions options;
    options.curve = form;
    options.resamples = 19;
    const ModelFit fit = fit_model(map, options);
    std::ofstream(path) << memory_text(fit, map, "fitted");
    const MemoryConfig model = load_memory(path);
    EXPECT_EQ(model.faults.spatial.config().empty(), false);
    ASSERT_EQ(model.faults.mechanisms.size(), 1U);
    EXPECT_EQ(model.faults.mechanisms[0].mechanism, Mechanism::kRandomRead);
    EXPECT_NEAR(model.faults.mechanisms[0].share_of_ones, 0.7, 0.1);
    EXPECT_NEAR(model.ratio({0.54, false}).count(), 0.54 / fit.vmin, 1e-9);
    const FaultMap again =
        draw_map(model, ChipId(1), {s.geometry, false, s.voltages, GroupId::kFilter, 8});
    EXPECT_FALSE(again.levels().back().faults.empty());
  }
}

TEST(ModelFit, SaysWhatItCannotExplain) {
  // Half of the cells that begin to fail at 0.58 V heal at 0.56 V.
  Simulation s;
  s.mu = 0.45;
  const FaultMap whole = simulate(s, 3);
  std::vector<MapLevel> levels = whole.levels();
  std::set<std::uint32_t> healed;
  for (const MapFault& fault : levels[1].faults) {
    if (fault.cell % 2 == 0) healed.insert(fault.cell);
  }
  auto& faults = levels[2].faults;
  faults.erase(std::remove_if(faults.begin(), faults.end(),
                              [&](const MapFault& f) { return healed.count(f.cell) != 0; }),
               faults.end());
  const FaultMap map("m", whole.geometry(), false, levels);
  FitOptions options;
  options.resamples = 19;
  const auto missing = unexplained(fit_model(map, options), map, {});
  ASSERT_EQ(missing.size(), 1U);
  EXPECT_EQ(missing[0].rfind("Inclusion below 100 %: still failing are ", 0), 0U) << missing[0];
  EXPECT_NE(missing[0].find("from 0.58 to 0.56 V"), std::string::npos) << missing[0];
  EXPECT_TRUE(unexplained(fit_model(whole, options), whole, {}).empty());
}

TEST(ModelFit, NeedsACurve) {
  Simulation s;
  s.voltages = {0.54};
  EXPECT_THROW(static_cast<void>(fit_model(simulate(s, 1), {})), InputError);
  s.mu = 0;
  s.voltages = {0.6, 0.58};
  EXPECT_THROW(static_cast<void>(fit_model(simulate(s, 1), {})), InputError);
}

}  // namespace
}  // namespace brownout::memory::validation
