// SPDX-License-Identifier: Apache-2.0
// The fault maps of the NeuralFuse authors' published code (layer 2), bit for bit: cells of an
// 8192 x 128 map, laid over every layer's flattened 8-bit weights anew.
//
// r is NumPy's legacy generator: MT19937 seeded by init_genrand, doubles of 53 bits. After
// r.seed(s), L = r.rand(8192, 128); after r.seed(s + 1), P = r.rand(8192, 128). A cell fails where
// L < BER and then reads 1 where P < 0.5, else 0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace brownout::memory {

/// What reading a stored byte gives: (stored & keep) ^ flip.
struct ByteMask {
  std::uint8_t keep = 0xff;
  std::uint8_t flip = 0;
};

class IbmRandomMap {
 public:
  static constexpr std::uint32_t kRows = 8192;
  static constexpr std::uint32_t kWeightsPerRow = 16;

  /// One cell that fails at some rate of interest.
  struct Cell {
    double rank = 0;         ///< its entry of L
    std::uint32_t byte = 0;  ///< row * kWeightsPerRow + weight of the row
    std::uint8_t bit = 0;    ///< 0 = least significant
    bool reads_one = false;
  };

  /// Keeps the cells that fail at `highest_rate` or less. Throws InputError for seeds that NumPy
  /// does not take.
  IbmRandomMap(std::uint64_t seed, double highest_rate);

  /// Which byte of the map weight `index` of a layer (flattened, row-major) goes through: 256
  /// weights share a row, whose 16 bytes they repeat.
  [[nodiscard]] static std::uint32_t byte_of(std::uint64_t index) {
    return static_cast<std::uint32_t>(index / 256 % kRows * kWeightsPerRow +
                                      index % kWeightsPerRow);
  }

  /// Number of cells that fail at `rate`. Throws SimulationError above `highest_rate`.
  [[nodiscard]] std::size_t failing(double rate) const;
  /// Every byte of the map at `rate`.
  [[nodiscard]] std::vector<ByteMask> masks(double rate) const;
  /// Rising ranks: the first failing(rate) of them fail at `rate`.
  [[nodiscard]] const std::vector<Cell>& cells() const { return cells_; }

 private:
  std::vector<Cell> cells_;
  double highest_rate_;
};

}  // namespace brownout::memory
