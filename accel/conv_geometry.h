// SPDX-License-Identifier: Apache-2.0
// A convolution as folds on a systolic array (layer 3): which part of the product each fold
// computes and where every operand element lies. Closed form; both engines use it.
//
// Per group the layer is a GEMM M x K x N: M output pixels (row-major), K kernel taps with the
// channel innermost, N output channels. Output tiles of m pixels x n channels are walked in two
// loops; inside a tile, folds run over the K tiles:
//
//        array rows   array columns   stream
//   os   m pixels     n channels      all of K     (one fold a tile)
//   ws   K tile       n channels      m pixels
//   is   K tile       m pixels        n channels
//
// With several K tiles, ws and is leave 32-bit partial sums in the ofmap buffer, which the next
// fold reads, adds to and writes back to the same place.
//
// Fetch positions (DESIGN section 6), in bytes:
//   ifmap   HWC position in the input tensor.
//   filter  lines that enter the array together, each from a word on: os and ws, per group and
//           column tile, K lines of n weights; is, per group and K tile, N lines of k weights.
//   ofmap   order of production: tile by tile, pixel by pixel, each pixel's channels from a word
//           on. A pixel's codes take the place of the first of its partial sums.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "accel/dataflow.h"
#include "accel/extent.h"
#include "models/graph.h"

namespace brownout::accel {

/// Which operand's tiles the outer loop walks: it is fetched once, the other one again and again.
enum class LoopOrder { kFilterOuter, kIfmapOuter };

/// The array, buffer word and loop nest a layer is mapped to.
struct Mapping {
  std::uint32_t rows = 32;
  std::uint32_t cols = 32;
  std::uint32_t word_bytes = 8;
  Dataflow dataflow = Dataflow::kOutputStationary;
  LoopOrder order = LoopOrder::kFilterOuter;
  /// Most pixels (ws) or channels (is) that stream through one fold; 0: all of them.
  std::uint32_t stream_block = 0;
};

/// What one pass over the array computes.
struct Fold {
  std::uint32_t group = 0;
  std::uint32_t m_begin = 0;  ///< first output pixel
  std::uint32_t m_count = 0;
  std::uint32_t n_begin = 0;  ///< first output channel, counted over all groups
  std::uint32_t n_count = 0;
  std::uint32_t k_begin = 0;  ///< first kernel element
  std::uint32_t k_count = 0;
  bool last_k = true;              ///< results are complete after this fold
  std::uint64_t filter_base = 0;   ///< of the fold's first line
  std::uint64_t filter_pitch = 0;  ///< bytes from line to line
  std::uint64_t ofmap_base = 0;    ///< of the tile's first pixel
  std::uint64_t ofmap_pitch = 0;   ///< bytes from pixel to pixel

  [[nodiscard]] bool first_k() const { return k_begin == 0; }
  [[nodiscard]] Extent ofmap() const { return {ofmap_base, ofmap_base + m_count * ofmap_pitch}; }
};

class ConvGeometry {
 public:
  ConvGeometry(const models::Conv& conv, const models::Shape& input, const Mapping& mapping);

  [[nodiscard]] const Mapping& mapping() const { return mapping_; }
  [[nodiscard]] Dataflow dataflow() const { return mapping_.dataflow; }
  [[nodiscard]] std::uint32_t m() const { return m_; }
  [[nodiscard]] std::uint32_t k() const { return taps_ * channels_; }
  [[nodiscard]] std::uint32_t n() const { return n_; }  ///< output channels of one group
  [[nodiscard]] std::uint32_t groups() const { return groups_; }
  [[nodiscard]] std::uint32_t k_tiles() const { return k_tiles_; }
  [[nodiscard]] std::uint64_t folds() const {
    return std::uint64_t{groups_} * n_tiles_ * m_tiles_ * k_tiles_;
  }
  [[nodiscard]] Fold fold(std::uint64_t index) const;
  /// Input channels of one group: consecutive k of one tap.
  [[nodiscard]] std::uint32_t channels() const { return channels_; }
  [[nodiscard]] std::uint32_t taps() const { return taps_; }

  /// Operand vectors that enter a fold's array one a cycle: os kernel elements, ws pixels, is
  /// channels.
  [[nodiscard]] std::uint32_t stream(const Fold& fold) const;
  /// Cycles before the stream in which the stationary operand moves in.
  [[nodiscard]] std::uint32_t load_cycles() const;
  /// Stream cycles from an element's first product to its completion: the result for pixel p and
  /// channel c of a fold is complete in stream cycle p + c + depth() - 1.
  [[nodiscard]] std::uint32_t depth() const;
  /// Cycles of a fold: loading, stream and skew.
  [[nodiscard]] std::uint64_t cycles(const Fold& fold) const;

  /// Position of tap `tap`, first channel of `group`, under output pixel `m`; none in the padding
  /// and between spread input pixels.
  [[nodiscard]] std::optional<std::uint64_t> ifmap_position(std::uint32_t group, std::uint32_t m,
                                                            std::uint32_t tap) const;
  /// Calls visit(k, position, count) for every run of `count` kernel elements from k on that lie
  /// together from `position` on, under pixel `m`, k in [k_begin, k_end); padding is left out.
  template <class Visit>
  void visit_ifmap(const Fold& fold, std::uint32_t m, std::uint32_t k_begin, std::uint32_t k_end,
                   Visit visit) const;

  /// Filter lines of a fold and weights in each.
  [[nodiscard]] std::uint32_t filter_lines(const Fold& fold) const;
  [[nodiscard]] std::uint32_t filter_width(const Fold& fold) const;
  [[nodiscard]] std::uint64_t filter_bytes() const { return filter_bytes_; }
  /// Position in models::Conv::weights of weight `lane` of a fold's `line`.
  [[nodiscard]] std::size_t weight_index(const Fold& fold, std::uint32_t line,
                                         std::uint32_t lane) const;
  /// Calls visit(lane, count, index, stride) for every run of lanes of a fold's `line` whose
  /// weights lie `stride` apart from `index` on: weight_index without its divisions.
  template <class Visit>
  void visit_filter_line(const Fold& fold, std::uint32_t line, Visit visit) const;
  /// Whether every weight is in exactly one of the folds for which this holds.
  [[nodiscard]] bool first_use_of_filter(const Fold& fold) const { return fold.m_begin == 0; }

  /// Bytes of a finished element: 4 when accumulators are the layer's output, else 1.
  [[nodiscard]] std::uint32_t element_bytes() const { return element_bytes_; }
  /// Bytes of what a fold leaves of an element: a partial sum, or a finished element.
  [[nodiscard]] std::uint32_t result_bytes(const Fold& fold) const {
    return fold.last_k ? element_bytes_ : 4;
  }
  /// Results that leave together, those of one word of the ofmap buffer.
  [[nodiscard]] std::uint32_t lanes_per_word(const Fold& fold) const {
    return std::max<std::uint32_t>(1, mapping_.word_bytes / result_bytes(fold));
  }
  /// All positions of the output and its partial sums.
  [[nodiscard]] std::uint64_t ofmap_bytes() const;
  /// Element of the output tensor (HWC) of pixel `p` and channel `c` of a fold.
  [[nodiscard]] std::uint64_t output_element(const Fold& fold, std::uint32_t p,
                                             std::uint32_t c) const {
    return static_cast<std::uint64_t>(fold.m_begin + p) * n_ * groups_ + fold.n_begin + c;
  }

  /// Words a fold reads from a buffer and writes to the ofmap buffer.
  [[nodiscard]] std::uint64_t ifmap_reads(const Fold& fold) const;
  [[nodiscard]] std::uint64_t filter_reads(const Fold& fold) const;
  [[nodiscard]] std::uint64_t ofmap_reads(const Fold& fold) const;
  [[nodiscard]] std::uint64_t ofmap_writes(const Fold& fold) const;
  /// Whether the ifmap port forgets its word from pixel to pixel: os and is have a port for each
  /// pixel, in ws all pixels pass through one.
  [[nodiscard]] bool port_per_pixel() const {
    return mapping_.dataflow != Dataflow::kWeightStationary;
  }

  /// Positions that stream vectors [begin, end) of a fold need; the stationary operand belongs to
  /// the first vector.
  [[nodiscard]] Extent ifmap_extent(const Fold& fold, std::uint32_t begin, std::uint32_t end) const;
  [[nodiscard]] Extent filter_extent(const Fold& fold, std::uint32_t begin,
                                     std::uint32_t end) const;

 private:
  [[nodiscard]] std::uint64_t whole_words(std::uint64_t bytes) const {
    return (bytes + mapping_.word_bytes - 1) / mapping_.word_bytes * mapping_.word_bytes;
  }
  [[nodiscard]] std::uint64_t words(std::uint64_t bytes) const {
    return (bytes + mapping_.word_bytes - 1) / mapping_.word_bytes;
  }
  void place_filter(Fold& fold) const;
  void place_ofmap(Fold& fold) const;
  [[nodiscard]] std::uint64_t group_filter_bytes() const;
  [[nodiscard]] std::uint64_t ofmap_row_bytes(std::uint32_t channels) const;
  [[nodiscard]] std::uint64_t group_row_bytes() const;
  [[nodiscard]] Extent pixel_extent(const Fold& fold, Extent pixels, Extent k) const;

  models::Window window_;
  models::Shape input_;
  models::Shape output_;
  Mapping mapping_;
  std::uint32_t groups_, m_, n_, channels_, taps_;
  std::uint32_t m_tile_, n_tile_, k_tile_;
  std::uint32_t m_tiles_, n_tiles_, k_tiles_;
  std::uint32_t element_bytes_;
  std::uint64_t filter_bytes_;
};

template <class Visit>
void ConvGeometry::visit_ifmap(const Fold& fold, std::uint32_t m, std::uint32_t k_begin,
                               std::uint32_t k_end, Visit visit) const {
  for (std::uint32_t k = k_begin; k < k_end;) {
    const std::uint32_t tap = k / channels_;
    const std::uint32_t channel = k - tap * channels_;
    const std::uint32_t count = std::min(k_end - k, channels_ - channel);
    if (const auto position = ifmap_position(fold.group, m, tap)) {
      visit(k, *position + channel, count);
    }
    k += count;
  }
}

template <class Visit>
void ConvGeometry::visit_filter_line(const Fold& fold, std::uint32_t line, Visit visit) const {
  const std::uint32_t width = filter_width(fold);
  if (mapping_.dataflow != Dataflow::kInputStationary) {  // lanes are output channels
    visit(std::uint32_t{0}, width, weight_index(fold, line, 0), std::size_t{k()});
    return;
  }
  for (std::uint32_t lane = 0; lane < width;) {  // lanes are kernel elements
    const std::uint32_t channel = (fold.k_begin + lane) % channels_;
    const std::uint32_t count = std::min(width - lane, channels_ - channel);
    visit(lane, count, weight_index(fold, line, lane), std::size_t{taps_});
    lane += count;
  }
}

}  // namespace brownout::accel
