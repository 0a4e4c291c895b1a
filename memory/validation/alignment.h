// SPDX-License-Identifier: Apache-2.0
// What is to be compared, brought to one geometry and the same voltages (layer 2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "memory/fault_map.h"
#include "memory/memory_config.h"
#include "memory/validation/sample.h"
#include "sim/config/supply_voltage.h"
#include "sim/core/index.h"
#include "sim/core/thread_pool.h"

namespace brownout::memory::validation {

/// A map, or a model to draw chips from.
struct Subject {
  std::string label;
  std::variant<FaultMap, MemoryConfig> what;

  [[nodiscard]] const FaultMap* map() const { return std::get_if<FaultMap>(&what); }
  [[nodiscard]] const MemoryConfig* model() const { return std::get_if<MemoryConfig>(&what); }
};

/// Choices a map takes from nobody, a model from the map it is compared with, or from here.
struct Alignment {
  std::size_t chips = 999;
  ChipId first_chip;
  GroupId group = GroupId::kFilter;
  std::optional<MapGeometry> geometry;          ///< of models without a map beside them
  std::vector<config::SupplyVoltage> voltages;  ///< empty: all that both sides have
  std::optional<config::SupplyVoltage> level;   ///< of spatial questions; none: the lowest
};

/// Both sides, ready for compare().
struct Aligned {
  Sample a;
  Sample b;
  std::vector<double> left_out;  ///< voltages that not both sides have
};

/// Draws models at the voltages of the map beside them that lie within their curve; two models at
/// the points of the curve of A. B's chips follow A's, so that a model can be compared with itself.
/// Throws InputError when there is no common voltage, or volts meet Vmin.
[[nodiscard]] Aligned align(const Subject& a, const Subject& b, const Alignment& how,
                            ThreadPool& pool);

/// One map: the subject itself, or the first chip of the model.
[[nodiscard]] Sample align_one(const Subject& subject, const Alignment& how, ThreadPool& pool);

/// The position of `level` among the map's voltages. Throws InputError when it is none of them.
[[nodiscard]] std::size_t level_of(const FaultMap& map, const config::SupplyVoltage& level);

/// The macros a model is drawn with when no geometry is given.
constexpr std::uint32_t kDrawnMacros = 32;
[[nodiscard]] MapGeometry default_geometry(const MemoryConfig& model, GroupId group);

/// `voltages` in one unit, falling. Throws InputError unless all are in V or all in Vmin, above 0,
/// and each there once.
[[nodiscard]] std::vector<double> falling_voltages(
    const std::vector<config::SupplyVoltage>& voltages, bool& relative_to_vmin);

}  // namespace brownout::memory::validation
