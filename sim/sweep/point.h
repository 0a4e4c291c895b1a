// SPDX-License-Identifier: Apache-2.0
// The operating points of a sweep and what was measured at each (layer 5): a row of points.csv.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "accel/energy_model.h"
#include "memory/chip.h"
#include "sim/core/index.h"
#include "sim/core/statistics.h"
#include "sim/core/units.h"
#include "sim/sweep/csv.h"
#include "sim/sweep/experiment_config.h"

namespace brownout::sweep {

enum class Role {
  kNominal,  ///< the reference of a sweep: its rail at the highest measured voltage
  kSweep,
  kRun,  ///< the only point of `brownout run`
};
[[nodiscard]] const char* role_name(Role role);

/// What to simulate; `index` is the position in the canonical order.
struct Point {
  std::size_t index = 0;
  Role role = Role::kSweep;
  VminRatio voltage;  ///< of the swept rail; of the lowest buffer rail for kRun
  ChipId chip;
  std::size_t images = 0;

  friend bool operator==(const Point& a, const Point& b) {
    return a.index == b.index && a.role == b.role && a.voltage == b.voltage && a.chip == b.chip &&
           a.images == b.images;
  }
};

/// The reference point, then every chip through all voltages: chips need not be kept in memory
/// together, and a sweep cut short holds whole curves.
[[nodiscard]] std::vector<Point> plan_points(const SweepConfig& sweep, VminRatio nominal);

using NamedEnergies = std::vector<std::pair<std::string, Picojoules>>;

/// Generator and placement of a network that stands alone.
constexpr const char* kNoGenerator = "none";

/// A finished point.
struct PointResult {
  Point point;
  std::optional<Volts> volts;                ///< if the memory's Vmin was published
  memory::PerGroup<double> bit_error_rates;  ///< expected share of failing cells
  double flipped_weight_bits = 0;            ///< measured share of wrong bits, mean over images
  memory::PerGroup<bool> extrapolated{false, false, false};  ///< beyond the measured voltages
  std::string network;
  std::string generator = kNoGenerator;
  std::string placement = kNoGenerator;  ///< of the generator
  std::string engine;
  std::size_t correct = 0;
  Cycles cycles;                 ///< of one image, sum over layers, generator and ramps included
  Cycles generator_cycles;       ///< of these, ramps left out
  Cycles generator_ramp_cycles;  ///< of these, to the generator's voltages and back
  Picoseconds time;              ///< of one image alone
  Picoseconds pipelined;         ///< between images one after the other
  NamedEnergies energies;        ///< of one image, by component
  NamedEnergies generator_energies;  ///< of these the generator's with its ramps; zeros without one
  /// Energy of weight reads saved, by the NeuralFuse paper's Eq. 6: against the network without
  /// generator at the memory's highest measured voltage.
  double weight_reads_saved = 0;
  /// What became of the chip's weight words; none where only the cycle engine knows.
  std::optional<memory::CodeOutcomes> weight_words;

  [[nodiscard]] bool has_generator() const { return placement != kNoGenerator; }
  /// What the network spends without the generator's part.
  [[nodiscard]] NamedEnergies base_energies() const;
  [[nodiscard]] double accuracy() const {
    return static_cast<double>(correct) / static_cast<double>(point.images);
  }
  /// Of the accuracy, 95 %, Clopper-Pearson.
  [[nodiscard]] Interval interval() const;
  [[nodiscard]] Picojoules total_energy() const;
  /// Energy-delay product of one image, in pJ x ns.
  [[nodiscard]] double energy_delay() const;
};

/// Sum of all components.
[[nodiscard]] Picojoules total(const NamedEnergies& energies);

[[nodiscard]] const std::vector<std::string>& point_columns();
/// The fields of a row of points.csv.
[[nodiscard]] std::vector<std::string> point_fields(const PointResult& result);
/// Reads a row back. Throws InputError naming file, line and column.
[[nodiscard]] PointResult parse_point(const CsvFile& file, const CsvRow& row);

/// A row of points.csv: as it stands there and what it says.
struct PointRow {
  CsvRow row;
  PointResult result;
};
/// All of points.csv by the points' indices. Throws InputError naming file and line, also for a
/// point that appears twice.
[[nodiscard]] std::map<std::size_t, PointRow> read_points(const std::string& path);

}  // namespace brownout::sweep
