// SPDX-License-Identifier: Apache-2.0
// The spatial statistics of the structure tests, as found and as redrawn (layer 2, internal).
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "memory/fault_map.h"
#include "memory/validation/distinct_sampler.h"

namespace brownout::memory::validation {

enum SpatialTest : std::size_t {
  kBlocks,
  kColumns,
  kWords,
  kBitPositions,
  kWordDistance,
  kBitDistance,
  kSpatialTests
};
using SpatialStatistics = std::array<double, kSpatialTests>;

/// Distances the last two count.
constexpr std::uint32_t kNearDistance = 2;

/// The failing cells of one level by block, with their counts by column and word.
class Layout {
 public:
  Layout(const MapGeometry& geometry, const std::vector<MapFault>& faults);

  [[nodiscard]] const SpatialStatistics& found() const { return found_; }
  /// Of one draw under each test's null hypothesis.
  [[nodiscard]] SpatialStatistics redraw(RandomStream& random, DistinctSampler& sampler) const;

 private:
  struct Block {
    std::vector<CellPlace> cells;
    std::vector<std::uint32_t> columns;  ///< faults of columns that have any
    std::vector<std::uint32_t> words;
  };

  [[nodiscard]] double redraw_blocks(RandomStream& random) const;
  void redraw_inside(RandomStream& random, DistinctSampler& sampler, SpatialStatistics& sums) const;
  [[nodiscard]] double redraw_positions(RandomStream& random) const;

  MapGeometry geometry_;
  std::uint64_t faults_;
  std::vector<Block> blocks_;  // those with faults
  SpatialStatistics found_{};
};

}  // namespace brownout::memory::validation
