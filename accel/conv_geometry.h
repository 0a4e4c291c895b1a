// SPDX-License-Identifier: Apache-2.0
// A convolution as folds on an output-stationary array (layer 3): which output each processing
// element owns and where every operand element lies. Closed form; both engines use it.
//
// Per group the layer is a GEMM M x K x N: M output pixels (row-major), K kernel taps with the
// channel innermost, N output channels. A fold puts `rows` pixels on array rows and `cols` channels
// on array columns. Folds run over groups, then column tiles, then row tiles, so that a column
// tile's weights serve all pixels.
//
// Fetch positions (DESIGN section 6), in bytes:
//   ifmap   HWC position in the input tensor.
//   filter  per group and column tile K rows of `cols` weights; every row begins at a word, so one
//           word feeds `word_bytes` columns in one cycle.
//   ofmap   order of production: fold by fold, pixel by pixel, each pixel's channels from a word
//   on.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "accel/extent.h"
#include "models/graph.h"

namespace brownout::accel {

/// What one pass over the array computes.
struct Fold {
  std::uint32_t group = 0;
  std::uint32_t m_begin = 0;  ///< first output pixel
  std::uint32_t rows = 0;
  std::uint32_t n_begin = 0;  ///< first output channel, counted over all groups
  std::uint32_t cols = 0;
  std::uint64_t filter_base = 0;
  std::uint64_t ofmap_base = 0;
};

/// Array and buffer word a layer is mapped to.
struct ArrayShape {
  std::uint32_t rows = 32;
  std::uint32_t cols = 32;
  std::uint32_t word_bytes = 8;
};

class ConvGeometry {
 public:
  ConvGeometry(const models::Conv& conv, const models::Shape& input, ArrayShape array);

  [[nodiscard]] std::uint32_t m() const { return m_; }
  [[nodiscard]] std::uint32_t k() const { return taps_ * channels_; }
  [[nodiscard]] std::uint32_t n() const { return n_; }  ///< output channels of one group
  [[nodiscard]] std::uint32_t groups() const { return groups_; }
  [[nodiscard]] std::uint32_t folds() const { return groups_ * n_tiles_ * m_tiles_; }
  /// Consecutive folds that share one column tile, hence its weights.
  [[nodiscard]] std::uint32_t folds_per_tile() const { return m_tiles_; }
  [[nodiscard]] Fold fold(std::uint32_t index) const;
  /// Input channels of one group: consecutive k of one tap.
  [[nodiscard]] std::uint32_t channels() const { return channels_; }
  [[nodiscard]] std::uint32_t taps() const { return taps_; }

  /// Position of tap `tap`, first channel of `group`, under output pixel `m`; none in the padding.
  [[nodiscard]] std::optional<std::uint64_t> ifmap_position(std::uint32_t group, std::uint32_t m,
                                                            std::uint32_t tap) const;
  /// Bytes from one k to the next in the filter operand of a fold.
  [[nodiscard]] std::uint64_t filter_row_bytes(const Fold& fold) const {
    return whole_words(fold.cols);
  }
  [[nodiscard]] std::uint64_t filter_bytes() const { return filter_bytes_; }
  /// Position in models::Conv::weights of the weight at (k, column) of a fold.
  [[nodiscard]] std::size_t weight_index(const Fold& fold, std::uint32_t k,
                                         std::uint32_t column) const;

  [[nodiscard]] std::uint32_t element_bytes() const { return element_bytes_; }
  /// Bytes one pixel of a fold occupies in the ofmap buffer.
  [[nodiscard]] std::uint64_t ofmap_row_bytes(const Fold& fold) const {
    return whole_words(std::uint64_t{fold.cols} * element_bytes_);
  }
  [[nodiscard]] Extent ofmap_extent(const Fold& fold) const {
    return {fold.ofmap_base, fold.ofmap_base + fold.rows * ofmap_row_bytes(fold)};
  }
  /// Element of the output tensor (HWC) that (row, column) of a fold computes.
  [[nodiscard]] std::uint64_t output_element(const Fold& fold, std::uint32_t row,
                                             std::uint32_t column) const {
    return static_cast<std::uint64_t>(fold.m_begin + row) * n_ * groups_ + fold.n_begin + column;
  }

  /// Words a fold reads from the ifmap buffer over all its rows.
  [[nodiscard]] std::uint64_t ifmap_reads(const Fold& fold) const;
  /// Positions the rows of `fold` touch for k in [k_begin, k_end).
  [[nodiscard]] Extent ifmap_extent(const Fold& fold, std::uint32_t k_begin,
                                    std::uint32_t k_end) const;

 private:
  [[nodiscard]] std::uint64_t whole_words(std::uint64_t bytes) const {
    return (bytes + array_.word_bytes - 1) / array_.word_bytes * array_.word_bytes;
  }
  [[nodiscard]] std::uint64_t block_filter_bytes(std::uint32_t cols) const {
    return static_cast<std::uint64_t>(k()) * whole_words(cols);
  }

  models::Window window_;
  models::Shape input_;
  models::Shape output_;
  ArrayShape array_;
  std::uint32_t groups_, m_, n_, channels_, taps_;
  std::uint32_t m_tiles_, n_tiles_;
  std::uint32_t element_bytes_;
  std::uint64_t filter_bytes_;
};

}  // namespace brownout::accel
