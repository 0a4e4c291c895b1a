// SPDX-License-Identifier: Apache-2.0
// The parameters of our model from a map (layer 2): curve, structure, directions, reliability. What
// comes out is a memory file, and sentences about what the model has no parameter for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "memory/fault_map.h"
#include "memory/validation/fail_fit.h"
#include "memory/validation/probit_fit.h"
#include "memory/validation/spatial_fit.h"
#include "sim/config/supply_voltage.h"

namespace brownout::memory::validation {

/// How the curve is written: as a probit line if that describes the rates, else as measured.
enum class CurveForm { kBest, kLine, kPoints };

struct FitOptions {
  std::optional<std::size_t> level;  ///< of structure and directions; none: fit_level()
  CurveForm curve = CurveForm::kBest;
  std::optional<double> vmin;  ///< in volts; none: from the map
  std::size_t resamples = 999;
  std::uint64_t seed = 1;
  double confidence = 0.95;
};

/// One voltage of the curve.
struct FittedPoint {
  double voltage = 0;  ///< in the map's unit
  double rate = 0;     ///< share of cells that can fail
};

struct ModelFit {
  std::size_t level = 0;
  std::vector<FittedPoint> points;  ///< falling voltage
  bool is_line = false;             ///< points lie on the probit line
  bool is_pooled = false;           ///< rates that fell with falling voltage were averaged
  ProbitFit line;
  double line_p = 1;  ///< of the probit line, for independent cells
  double vmin = 1;    ///< in the map's unit
  bool vmin_is_measured = false;
  std::optional<SpatialFit> spatial;      ///< none: no two cells of a block fail
  std::optional<Estimate> share_of_ones;  ///< none: no directions recorded
  double known = 0;                       ///< cells of known direction at `level`
  std::optional<FailFit> failures;        ///< none: reads not repeated, or all failed always

  /// How many of the cells that can fail a map shows.
  [[nodiscard]] double seen() const { return failures ? failures->seen : 1; }
};

/// The lowest voltage at which at most 1 % of the cells fail, or else the highest at which any do:
/// where many fail, columns saturate.
[[nodiscard]] std::size_t fit_level(const FaultMap& map);

/// Throws InputError unless cells begin to fail at two voltages or more.
[[nodiscard]] ModelFit fit_model(const FaultMap& map, const FitOptions& options);

/// The text of a memory file named `name` that gives the fitted model. What maps do not tell,
/// energies and leakage, is zero and says so.
[[nodiscard]] std::string memory_text(const ModelFit& fit, const FaultMap& map,
                                      const std::string& name);

}  // namespace brownout::memory::validation
