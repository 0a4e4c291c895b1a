// SPDX-License-Identifier: Apache-2.0
#include "memory/validation/measures.h"

#include <algorithm>
#include <cmath>

#include "sim/core/statistics.h"

namespace brownout::memory::validation {
namespace {

using Value = std::optional<double>;
using Voltages = std::vector<double>;

/// Distances counted as near: neighbours share contacts and diffusion.
constexpr std::size_t kNear = 2;

Value ratio(double part, double whole) { return whole > 0 ? Value(part / whole) : std::nullopt; }

Value block_dispersion(const Profile& p, const MapGeometry& /*geometry*/,
                       const Voltages& /*voltages*/) {
  if (p.blocks < 2 || p.faults == 0) return {};
  const double mean = p.faults / p.blocks;
  return (p.squares - p.blocks * mean * mean) / (p.blocks - 1) / mean;
}

/// Pearson's correlation of block counts at the structure level and one voltage higher.
Value block_correlation(const Profile& p, const MapGeometry& /*geometry*/, const Voltages& /*v*/) {
  const double variance = p.squares - p.faults * p.faults / p.blocks;
  const double variance_above = p.above_squares - p.above * p.above / p.blocks;
  if (p.blocks < 3 || !(variance > 0) || !(variance_above > 0)) return {};
  const double covariance = p.above_products - p.above * p.faults / p.blocks;
  return covariance / std::sqrt(variance * variance_above);
}

Value column_clustering(const Profile& p, const MapGeometry& geometry, const Voltages& /*v*/) {
  return ratio(p.same_column, p.pairs * expected_same_column(geometry));
}

Value word_clustering(const Profile& p, const MapGeometry& geometry, const Voltages& /*v*/) {
  return ratio(p.same_word, p.pairs * expected_same_word(geometry));
}

Value nearness(const std::array<double, kReach>& pairs, double all, std::uint32_t length) {
  double near = 0;
  double expected = 0;
  for (std::size_t distance = 1; distance <= kNear; ++distance) {
    near += pairs[distance - 1];
    expected += all * expected_at_distance(length, distance);
  }
  return ratio(near, expected);
}

Value near_words(const Profile& p, const MapGeometry& geometry, const Voltages& /*v*/) {
  return nearness(p.word_distance, p.same_column, geometry.rows);
}

Value near_bits(const Profile& p, const MapGeometry& geometry, const Voltages& /*v*/) {
  return nearness(p.bit_distance, p.same_word, geometry.word_bits);
}

Value bit_positions(const Profile& p, const MapGeometry& geometry, const Voltages& /*v*/) {
  if (p.faults == 0 || geometry.word_bits < 2) return {};
  const double mean = p.faults / geometry.word_bits;
  double squares = 0;
  for (const double count : p.bit_faults) squares += (count - mean) * (count - mean);
  return squares / (geometry.word_bits - 1) / mean;
}

Value direction(const Profile& p, const MapGeometry& /*geometry*/, const Voltages& /*v*/) {
  return ratio(p.ones, p.known);
}

Value inclusion(const Profile& p, const MapGeometry& /*geometry*/, const Voltages& /*v*/) {
  double before = 0;
  double kept = 0;
  for (const LevelCounts& level : p.levels) {
    before += level.before;
    kept += level.kept;
  }
  return ratio(kept, before);
}

Value fail_probability(const Profile& p, const MapGeometry& /*geometry*/, const Voltages& /*v*/) {
  return ratio(p.failures, p.reads);
}

Value always_failing(const Profile& p, const MapGeometry& /*geometry*/, const Voltages& /*v*/) {
  return p.reads > 0 ? ratio(p.always, p.faults) : std::nullopt;
}

}  // namespace

const std::vector<Measure>& measures() {
  static const std::vector<Measure> kTable = {
      {"blocks", "are faults equally unevenly spread over blocks?",
       "variance-to-mean of block counts", block_dispersion},
      {"block correlation", "are the blocks that have faults one voltage higher the same, alike?",
       "correlation of block counts", block_correlation},
      {"columns", "do faults of a block gather in columns alike?",
       "same-column pairs / independent", column_clustering},
      {"words", "do faults of a block gather in words alike?", "same-word pairs / independent",
       word_clustering},
      {"word distance", "are neighbours along a column equally frequent?",
       "pairs 1-2 words apart / independent", near_words},
      {"bit distance", "are neighbours along a word equally frequent?",
       "pairs 1-2 bits apart / independent", near_bits},
      {"bit positions", "are some bits of the word weaker, equally much?",
       "variance-to-mean of bit counts", bit_positions},
      {"direction", "is the share of cells that read 1 the same?", "share reading 1", direction},
      {"inclusion", "do cells that fail go on failing at lower voltage, equally often?",
       "share still failing", inclusion},
      {"fail probability", "does a failing cell fail a read equally often?", "failures / reads",
       fail_probability},
      {"always failing", "is the share of cells that fail every read the same?",
       "share of failing cells", always_failing},
      {"probit residuals", "does the curve leave its probit line equally far?",
       "RMS residual, probit units", probit_residual}};
  return kTable;
}

double expected_same_column(const MapGeometry& geometry) {
  return (geometry.rows - 1.0) / (static_cast<double>(geometry.block_cells()) - 1);
}

double expected_same_word(const MapGeometry& geometry) {
  return (geometry.word_bits - 1.0) / (static_cast<double>(geometry.block_cells()) - 1);
}

double expected_at_distance(std::uint32_t length, std::size_t distance) {
  if (distance >= length) return 0;
  const auto n = static_cast<double>(length);
  return 2 * (n - static_cast<double>(distance)) / (n * (n - 1));
}

PairCorrelation pair_correlation(const Profile& p, const MapGeometry& geometry,
                                 std::size_t distance) {
  const double words = p.same_column * expected_at_distance(geometry.rows, distance);
  const double bits = p.same_word * expected_at_distance(geometry.word_bits, distance);
  return {ratio(p.word_distance.at(distance - 1), words),
          ratio(p.bit_distance.at(distance - 1), bits)};
}

Value probit_residual(const Profile& profile, const MapGeometry& geometry,
                      const Voltages& voltages) {
  const double cells = profile.blocks * static_cast<double>(geometry.block_cells());
  struct Point {
    double v, z, weight;
  };
  std::vector<Point> points;
  for (std::size_t i = 0; i < voltages.size(); ++i) {
    const double faults = profile.levels[i].faults;
    if (faults > 0 && faults < cells)
      points.push_back({voltages[i], probit(faults / cells), faults});
  }
  if (points.size() < 3) return {};
  double weight = 0;
  double mean_v = 0;
  double mean_z = 0;
  for (const Point& p : points) {
    weight += p.weight;
    mean_v += p.weight * p.v;
    mean_z += p.weight * p.z;
  }
  mean_v /= weight;
  mean_z /= weight;
  double vv = 0;
  double vz = 0;
  for (const Point& p : points) {
    vv += p.weight * (p.v - mean_v) * (p.v - mean_v);
    vz += p.weight * (p.v - mean_v) * (p.z - mean_z);
  }
  double squares = 0;
  for (const Point& p : points) {
    const double residual = p.z - mean_z - vz / vv * (p.v - mean_v);
    squares += p.weight * residual * residual;
  }
  return std::sqrt(squares / weight);
}

}  // namespace brownout::memory::validation
