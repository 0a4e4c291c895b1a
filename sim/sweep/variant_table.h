// SPDX-License-Identifier: Apache-2.0
// variants.csv (layer 5): every variant of an experiment at every voltage, side by side. The joint
// report and table are made from it alone.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "accel/accelerator_config.h"
#include "sim/core/units.h"
#include "sim/sweep/summary.h"

namespace brownout::sweep {

constexpr const char* kVariantsFile = "variants.csv";

/// A variant at one voltage.
struct VariantPoint {
  std::string variant;
  bool is_reference = false;  ///< the nominal point
  VminRatio voltage;
  std::size_t chips = 0;
  std::size_t images = 0;
  double mean = 0;  ///< of accuracy over chips, 0..1, as below
  double deviation = 0;
  double lowest = 0;
  double highest = 0;
  Cycles cycles;  ///< of one image, as below
  Picoseconds time;
  Picojoules energy;
  Picojoules buffers;             ///< accesses, error codes, leakage and ramps of the buffers
  std::uint64_t buffer_bits = 0;  ///< cells of all buffers, check and spare ones included
  bool pareto =
      false;  ///< no other point has more accuracy for at most this energy, or as much for less
};

/// Cells of all buffers of a machine.
[[nodiscard]] std::uint64_t buffer_bits(const accel::Machine& machine);

/// The points of one variant, the reference first; pareto is left out.
[[nodiscard]] std::vector<VariantPoint> variant_points(const std::string& variant,
                                                       const Summary& summary,
                                                       const accel::Machine& machine);

void write_variants(const std::string& path, const std::vector<VariantPoint>& points);
/// Throws InputError naming file, line and column.
[[nodiscard]] std::vector<VariantPoint> read_variant_points(const std::string& path);

/// The points of each variant, in order, references apart.
struct VariantCurve {
  std::string name;
  const VariantPoint* reference = nullptr;  ///< none where it is not simulated yet
  std::vector<const VariantPoint*> points;  ///< falling voltages
};
[[nodiscard]] std::vector<VariantCurve> curves_of(const std::vector<VariantPoint>& points);

/// The point of least energy that loses less than `loss` of the first curve's reference accuracy;
/// null when there is none.
[[nodiscard]] const VariantPoint* cheapest(const VariantCurve& curve, const VariantCurve& first,
                                           double loss);

}  // namespace brownout::sweep
