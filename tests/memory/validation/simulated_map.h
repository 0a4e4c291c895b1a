// SPDX-License-Identifier: Apache-2.0
// Maps with known properties for the tests of the tests: drawn here, by other means than the models
// under test.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "memory/fault_map.h"
#include "sim/core/statistics.h"

namespace brownout::memory::validation {

/// What a map is drawn from. Cells fail at V with probability Phi((mu - V) / sigma), times a gamma
/// factor of the block.
struct Simulation {
  MapGeometry geometry{16, 128, 32};
  std::vector<double> voltages = {0.60, 0.58, 0.56, 0.54};
  double mu = 0.40;
  double sigma = 0.055;
  double share_of_ones = 0.5;
  double block_k = 0;       ///< shape of the blocks' gamma factor; 0: all blocks alike
  double own_column = 0;    ///< share of a block's faults that lie in its one weak column
  std::uint32_t reads = 0;  ///< repeated reads of each failing cell
  double a = 1;             ///< Beta distributed failure probability of a failing cell
  double b = 0;             ///< 0: a failing cell always fails
};

inline MapFault simulate_fault(const Simulation& s, std::uint32_t cell, std::mt19937_64& random) {
  std::uniform_real_distribution<double> uniform;
  MapFault fault{cell, uniform(random) < s.share_of_ones ? ReadsAs::kOne : ReadsAs::kZero, 0};
  if (s.reads == 0) return fault;
  double p = 1;
  if (s.b > 0) {
    const double x = std::gamma_distribution<double>(s.a)(random);
    p = x / (x + std::gamma_distribution<double>(s.b)(random));
  }
  fault.failures = std::binomial_distribution<std::uint32_t>(s.reads, p)(random);
  return fault;
}

/// Numbers of cells that begin to fail at each voltage in one block.
inline std::vector<std::uint32_t> simulate_counts(const Simulation& s, std::mt19937_64& random) {
  const double factor =
      s.block_k == 0 ? 1 : std::gamma_distribution<double>(s.block_k, 1 / s.block_k)(random);
  std::vector<std::uint32_t> counts;
  double above = 0;
  auto left = static_cast<std::uint32_t>(s.geometry.block_cells());
  for (const double v : s.voltages) {
    const double rate = std::min(0.9, factor * normal_cdf((s.mu - v) / s.sigma));
    const double fresh = (rate - above) / (1 - above);
    counts.push_back(std::binomial_distribution<std::uint32_t>(left, fresh)(random));
    left -= counts.back();
    above = rate;
  }
  return counts;
}

inline FaultMap simulate(const Simulation& s, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<MapLevel> levels;
  for (const double v : s.voltages) levels.push_back({v, s.reads, {}});
  std::uniform_real_distribution<double> uniform;
  for (std::uint32_t block = 0; block < s.geometry.blocks; ++block) {
    const auto pick = [&](std::uint32_t limit) {
      return std::uniform_int_distribution<std::uint32_t>(0, limit - 1)(random);
    };
    const std::uint32_t weak = pick(s.geometry.word_bits);
    std::set<std::uint32_t> taken;
    const std::vector<std::uint32_t> counts = simulate_counts(s, random);
    for (std::size_t level = 0; level < counts.size(); ++level) {
      for (std::uint32_t i = 0; i < counts[level];) {
        const bool own = uniform(random) < s.own_column;
        const auto cell = static_cast<std::uint32_t>(s.geometry.cell(
            {block, pick(s.geometry.rows), own ? weak : pick(s.geometry.word_bits)}));
        if (!taken.insert(cell).second) continue;
        ++i;
        const MapFault fault = simulate_fault(s, cell, random);
        if (s.reads > 0 && fault.failures == 0) continue;  // was never seen failing
        for (std::size_t l = level; l < levels.size(); ++l) levels[l].faults.push_back(fault);
      }
    }
  }
  return {"simulated", s.geometry, false, std::move(levels)};
}

}  // namespace brownout::memory::validation
