// SPDX-License-Identifier: Apache-2.0
// The loop that draws every cell of a chip (layer 2): Philox4x32-10 over 16 counters at a time, as
// sim/core/philox.h gives one by one. A counter yields the ranks of four neighbouring bits.
#pragma once

#include <array>
#include <cstdint>

namespace brownout::memory {

constexpr std::uint32_t kCellsPerCounter = 4;
constexpr std::uint32_t kCountersPerStretch = 16;
constexpr std::uint32_t kCellsPerStretch = kCellsPerCounter * kCountersPerStretch;

/// Values of a stretch's cells: that of output j of counter i is at [16 j + i].
using StretchValues = std::array<std::uint32_t, kCellsPerStretch>;

/// 64 cells of a macro: counters {group, macro, row, quad} for 16 quads from `first` on, counted
/// row by row with 2^quad_bits quads in each, those of a row from first_quad on.
struct Stretch {
  std::uint64_t key = 0;
  std::uint32_t group = 0;
  std::uint32_t macro = 0;
  std::uint32_t first = 0;
  std::uint32_t quad_bits = 4;
  std::uint32_t first_quad = 0;

  [[nodiscard]] std::uint32_t row(std::uint32_t counter) const {
    return (first + counter) >> quad_bits;
  }
  [[nodiscard]] std::uint32_t quad(std::uint32_t counter) const {
    return first_quad + ((first + counter) & ((1U << quad_bits) - 1));
  }
};

/// Writes the ranks and tells whether any is at most its entry of `last`.
using CellKernel = bool (*)(const Stretch& stretch, const StretchValues& last,
                            StretchValues& ranks);

/// One instruction set's loop; the same numbers from each.
struct NamedCellKernel {
  const char* name;
  CellKernel draw;
  bool supported;  ///< by this machine
};

/// Slowest first.
[[nodiscard]] const std::array<NamedCellKernel, 3>& cell_kernels();

/// The fastest this machine has.
[[nodiscard]] CellKernel best_cell_kernel();

}  // namespace brownout::memory
