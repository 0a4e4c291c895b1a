// SPDX-License-Identifier: Apache-2.0
// How a memory's cells fail (layer 2): mechanisms and their shares, structure, conditions, and
// which cell holds which weight. Read from `faults` of a memory.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "memory/map_config.h"
#include "memory/mechanism.h"
#include "memory/placement_config.h"
#include "memory/spatial_model.h"
#include "sim/config/section.h"
#include "sim/core/units.h"

namespace brownout::memory {

/// Which cell holds which weight: the one of its address (DESIGN section 6); one of its own in a
/// buffer that holds the whole network; or that of the fault maps of the NeuralFuse authors' code
/// (ibm_random.h), laid over a layer's weights as they come or shuffled.
enum class FaultMapping { kAddress, kOwnCells, kIbmRandom, kIbmRandomShuffled };
/// Whether faults belong to weights and not to cells of the buffer.
[[nodiscard]] constexpr bool is_ibm_random(FaultMapping mapping) {
  return mapping == FaultMapping::kIbmRandom || mapping == FaultMapping::kIbmRandomShuffled;
}

/// Cells too slow for the clock. A cell's delay is lognormal over cells around the memory's delay
/// law; it fails when that exceeds the time the buffer has for an access.
struct AccessTime {
  double share_of_ones = 0.5;
  double sigma = 0.05;  ///< standard deviation of ln delay
  double margin = 1;    ///< the law's delay over that of the median cell

  /// Share of cells slower than `available` where the law gives `delay`.
  [[nodiscard]] double rate(Picoseconds delay, Picoseconds available) const;
};

/// Conditions that move every cell's failure voltage; none by default.
struct VoltageShift {
  double celsius = 25;
  double reference_celsius = 25;  ///< of the curve's measurement
  VminRatio per_kelvin{0};        ///< failure voltages rise with temperature
  VminRatio ageing{0};            ///< rise of failure voltages since the measurement

  /// How much lower a supply acts than it is.
  [[nodiscard]] VminRatio total() const {
    return VminRatio((celsius - reference_celsius) * per_kelvin.count() + ageing.count());
  }
};

/// Shares of failing cells at some voltage and clock.
struct FaultRates {
  double curve = 0;        ///< by the voltage curve
  double access_time = 0;  ///< too slow
  /// Of a measured map, whose cells fail instead of the curve's.
  std::optional<std::uint32_t> level;

  FaultRates() = default;
  // A curve's rate alone is the usual case.
  FaultRates(double curve_rate, double slow = 0) : curve(curve_rate), access_time(slow) {}
  /// Cells that fail by either.
  [[nodiscard]] double total() const { return curve + access_time - curve * access_time; }
  friend bool operator==(const FaultRates& a, const FaultRates& b) {
    return a.curve == b.curve && a.access_time == b.access_time && a.level == b.level;
  }
  friend bool operator!=(const FaultRates& a, const FaultRates& b) { return !(a == b); }
};

/// Of a buffer: its own bank and the one of its safe bits (cell_layout.h), which has a rail of its
/// own.
struct BufferRates {
  FaultRates own;
  FaultRates safe;

  BufferRates() = default;
  // The rates of a buffer without safe bits, by a curve alone: the usual case.
  BufferRates(double curve_rate) : own(curve_rate) {}
  BufferRates(const FaultRates& own_rates, const FaultRates& safe_rates = {})
      : own(own_rates), safe(safe_rates) {}
  friend bool operator==(const BufferRates& a, const BufferRates& b) {
    return a.own == b.own && a.safe == b.safe;
  }
  friend bool operator!=(const BufferRates& a, const BufferRates& b) { return !(a == b); }
};

/// The higher ones of each kind; the level of a map is of no meaning in the result.
[[nodiscard]] FaultRates highest(const FaultRates& a, const FaultRates& b);
[[nodiscard]] BufferRates highest(const BufferRates& a, const BufferRates& b);

struct FaultConfig {
  FaultMapping mapping = FaultMapping::kAddress;
  std::vector<MechanismConfig> mechanisms =
      std::vector<MechanismConfig>(1);  ///< of the curve's cells; shares add up to 1
  std::optional<AccessTime> access_time;
  SpatialModel spatial;
  VoltageShift shift;
  std::optional<MapConfig> map;  ///< of the buffers it names; the others are as above
  PlacementConfig placement;

  [[nodiscard]] bool is_measured(GroupId group) const { return map && map->serves(group); }
  [[nodiscard]] bool uses(Mechanism mechanism) const;

  /// Expected wrong bits in a read of a cell that fails by the curve, over cells and balanced data
  /// (as many 0 as 1 stored, independent of the cell): 1/2 for stuck_at, write_failure and
  /// retention, whose cells read their preferred state or older data, right half of the time
  /// whatever share prefers 1; 1 for inverted_read; half the mean fail probability for random_read;
  /// averaged by the mechanisms' shares. Cells too slow (access_time) are not the curve's.
  [[nodiscard]] double wrong_bits_per_cell() const;
};

/// Reads the section, but for what MapConfig and PlacementConfig leave to who knows the curve;
/// findings go to its document, and then the result is not to be used.
[[nodiscard]] FaultConfig read_fault_config(config::Section section);

}  // namespace brownout::memory
