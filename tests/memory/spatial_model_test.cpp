// SPDX-License-Identifier: Apache-2.0
// Weak macros, columns and rows: the curve must hold on average, cells must stay failed at lower
// voltages, and the measured board's clustering must come out.
#include "memory/spatial_model.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <random>
#include <utility>

#include "memory/weak_cells.h"
#include "sim/core/error.h"

namespace brownout::memory {
namespace {

FaultConfig structured(const SpatialConfig& spatial) {
  FaultConfig config;
  config.spatial = SpatialModel(spatial);
  return config;
}

TEST(SpatialModel, RateIsTheMeanOverIndependentlyDrawnWeights) {
  std::mt19937_64 random(3);
  for (const SpatialConfig& config : {SpatialConfig{0.3, 0, 0}, SpatialConfig{0, 0.2, 0},
                                      SpatialConfig{0, 0, 2}, SpatialConfig{0.8, 0.3, 1.5}}) {
    const SpatialModel model(config);
    const auto weight = [&](double k) {
      return k == 0 ? 1 : std::gamma_distribution<double>(k, 1 / k)(random);
    };
    for (const double h : {1e-3, 0.1, 2.0}) {
      constexpr int kDraws = 400000;
      double sum = 0;
      double squares = 0;
      for (int i = 0; i < kDraws; ++i) {
        const double w = weight(config.macros) * weight(config.columns) * weight(config.rows);
        const double p = -std::expm1(-w * h);
        sum += p;
        squares += p * p;
      }
      const double mean = sum / kDraws;
      const double error = std::sqrt((squares / kDraws - mean * mean) / kDraws);
      EXPECT_NEAR(model.rate(h), mean, 5 * error)
          << config.macros << " " << config.columns << " " << config.rows << " at " << h;
    }
  }
}

TEST(SpatialModel, HazardInvertsRate) {
  const SpatialModel model({0.8, 0.05, 0});
  for (const double rate : {1e-9, 1e-5, 1e-3, 0.05, 0.3}) {
    EXPECT_NEAR(model.rate(model.hazard(rate)) / rate, 1, 1e-9);
  }
  EXPECT_EQ(model.hazard(0), 0);
  EXPECT_THROW(static_cast<void>(model.hazard(0.999)), InputError);
  EXPECT_THROW(SpatialModel({-1, 0, 0}), InputError);
}

TEST(SpatialModel, MacroWeightsAloneAreAClosedForm) {
  const SpatialModel model({0.4, 0, 0});
  for (const double h : {1e-6, 0.01, 0.7, 30.0}) {
    EXPECT_NEAR(model.rate(h), 1 - std::pow(1 + h / 0.4, -0.4), 2e-5 * model.rate(h)) << h;
  }
}

TEST(SpatialModel, KeepsTheCurveOnAverageAndNeverHealsACell) {
  const SramGeometry geometry({64, 16}, Bytes(64ULL * 2 * 200), 1);
  const FaultConfig config = structured({0.9, 0.4, 3});
  const double cells = 64.0 * 16 * 200;
  std::map<double, std::vector<double>> shares;
  for (std::uint64_t chip = 0; chip < 60; ++chip) {
    const WeakCells weak(ChipId(chip), GroupId::kFilter, geometry, 0.1, config);
    const WeakCells fewer(ChipId(chip), GroupId::kFilter, geometry, 0.01, config);
    ASSERT_EQ(fewer.mask(0.01), weak.mask(0.01)) << "drawn for a lower rate it is another chip";
    for (const double rate : {1e-3, 0.01, 0.1}) {
      shares[rate].push_back(static_cast<double>(weak.failing(rate)) / cells);
    }
  }
  for (const auto& [rate, values] : shares) {
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / 60;
    double variance = 0;
    for (const double v : values) variance += (v - mean) * (v - mean) / 59;
    EXPECT_NEAR(mean, rate, 4 * std::sqrt(variance / 60)) << rate;
    EXPECT_LT(std::sqrt(variance / 60), rate / 10) << "the test sees too little";
  }
}

/// Figures of a chip as published for the board.
struct Clustering {
  double healthy_blocks = 0;
  double worst_share = 0;  ///< of faults, in the worst 5 % of blocks
  double same_column = 0;  ///< of pairs within a block
  double k = 0;            ///< negative binomial, by moments
};

Clustering clustering(const WeakCells& weak, const SramGeometry& geometry) {
  std::vector<double> blocks(geometry.macros(), 0);
  std::map<std::pair<std::uint32_t, std::uint32_t>, double> columns;
  for (const WeakCell& cell : weak.cells()) {
    const std::uint32_t macro = geometry.locate(cell.word).macro.value();
    ++blocks[macro];
    ++columns[{macro, cell.bit.value()}];
  }
  const auto pairs = [](double n) { return n * (n - 1) / 2; };
  double same = 0;
  double all = 0;
  for (const auto& [place, n] : columns) same += pairs(n);
  for (const double n : blocks) all += pairs(n);
  const auto count = static_cast<double>(blocks.size());
  const double mean = std::accumulate(blocks.begin(), blocks.end(), 0.0) / count;
  double variance = 0;
  for (const double n : blocks) variance += (n - mean) * (n - mean) / (count - 1);
  std::sort(blocks.rbegin(), blocks.rend());
  const auto worst = blocks.begin() + static_cast<std::ptrdiff_t>(count / 20);
  return {static_cast<double>(std::count(blocks.begin(), blocks.end(), 0.0)),
          std::accumulate(blocks.begin(), worst, 0.0) / (mean * count), same / all,
          mean * mean / (variance - mean)};
}

TEST(SpatialModel, ShowsTheClusteringOfTheMeasuredBoard) {
  // KC705-B at 0.53 V: 890 blocks, 2,274 of 14,581,760 cells fail; 640 blocks healthy, worst 5 % of
  // blocks hold 65 % of faults, 87 % of same-block pairs share a bit column (12.5 % if uniform), k
  // about 0.08. One chip scatters; the mean of 30 does not.
  const SramGeometry geometry({2048, 8}, Bytes(890ULL * 2048), 1);
  const auto mean_of = [&](const FaultConfig& config) {
    constexpr int kChips = 30;
    Clustering mean;
    for (std::uint64_t chip = 0; chip < kChips; ++chip) {
      const WeakCells weak(ChipId(chip), GroupId::kFilter, geometry, 1.5595e-4, config);
      const Clustering one = clustering(weak, geometry);
      mean.healthy_blocks += one.healthy_blocks / kChips;
      mean.worst_share += one.worst_share / kChips;
      mean.same_column += one.same_column / kChips;
      mean.k += one.k / kChips;
    }
    return mean;
  };
  const Clustering board = mean_of(structured({1.0, 0.02, 0}));
  EXPECT_NEAR(board.healthy_blocks, 640, 45);
  EXPECT_NEAR(board.worst_share, 0.65, 0.05);
  EXPECT_NEAR(board.same_column, 0.87, 0.03);
  EXPECT_NEAR(board.k, 0.08, 0.02);
  const Clustering uniform = mean_of({});
  EXPECT_LT(uniform.healthy_blocks, 120);
  EXPECT_NEAR(uniform.same_column, 0.125, 0.02);
}

}  // namespace
}  // namespace brownout::memory
