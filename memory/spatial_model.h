// SPDX-License-Identifier: Apache-2.0
// Weak macros, columns and rows (layer 2): failing cells that keep together.
//
// A macro, each of its columns and each of its rows has a weight from a gamma distribution of mean
// 1 and shape k (none: weight 1). A cell of independent rank u and weight w (their product) fails
// at the bit-error rate r iff
//   u < 1 - exp(-w h(r)),  with h chosen so that the mean over all weights is r:
// a proportional-hazards frailty model (Vaupel, Manton, Stallard, Demography 16(3), 1979). So the
// curve holds over many chips, lower voltages only add cells, and with macro weights alone, or
// columns of shape k / columns, counts per macro are negative binomial of parameter k at low rates.
#pragma once

#include <cstdint>
#include <vector>

#include "memory/sram_geometry.h"
#include "sim/core/index.h"

namespace brownout::memory {

/// Shapes k of the gamma distributions; 0: no such structure.
struct SpatialConfig {
  double macros = 0;
  double columns = 0;
  double rows = 0;

  [[nodiscard]] bool empty() const { return macros == 0 && columns == 0 && rows == 0; }
};

/// Weights of one macro of a chip.
struct MacroWeights {
  double macro = 1;
  std::vector<double> columns;  ///< one a bit of the word, then one a check bit
  std::vector<double> rows;     ///< one a row; empty when all are 1
};

/// The law of a structure; immutable.
class SpatialModel {
 public:
  SpatialModel() = default;  ///< none
  /// Throws InputError unless shapes are 0 or in [0.005, 1000].
  explicit SpatialModel(const SpatialConfig& config);

  [[nodiscard]] const SpatialConfig& config() const { return config_; }
  [[nodiscard]] bool empty() const { return config_.empty(); }

  /// Share of cells that fail at hazard `h`: the mean of 1 - exp(-w h).
  [[nodiscard]] double rate(double h) const;
  /// Its inverse. Throws InputError for a rate that the structure keeps from being reached.
  [[nodiscard]] double hazard(double rate) const;

  /// Weights drawn for `macro` of buffer `group` of `chip`, from counters of their own.
  [[nodiscard]] MacroWeights weights(std::uint64_t chip, std::uint32_t group, std::uint32_t macro,
                                     const MacroGeometry& geometry) const;

 private:
  [[nodiscard]] double mean_rate(double h) const;

  SpatialConfig config_;
  std::vector<double> log_rates_;  ///< of equally spaced logarithms of h
};

}  // namespace brownout::memory
