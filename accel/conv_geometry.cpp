// SPDX-License-Identifier: Apache-2.0
#include "accel/conv_geometry.h"

#include <algorithm>

#include "accel/word_port.h"

namespace brownout::accel {
namespace {

std::uint32_t tiles(std::uint32_t extent, std::uint32_t tile) { return (extent + tile - 1) / tile; }

}  // namespace

ConvGeometry::ConvGeometry(const models::Conv& conv, const models::Shape& input, ArrayShape array)
    : window_(conv.window),
      input_(input),
      output_(models::output_shape(input, conv.window, static_cast<int>(conv.bias.size()))),
      array_(array),
      groups_(static_cast<std::uint32_t>(conv.groups)),
      m_(static_cast<std::uint32_t>(output_.height * output_.width)),
      n_(static_cast<std::uint32_t>(output_.channels / conv.groups)),
      channels_(static_cast<std::uint32_t>(input.channels / conv.groups)),
      taps_(static_cast<std::uint32_t>(conv.window.kernel_h * conv.window.kernel_w)),
      m_tiles_(tiles(m_, array.rows)),
      n_tiles_(tiles(n_, array.cols)),
      element_bytes_(conv.requantizer.multiplier.empty() ? 4 : 1),
      filter_bytes_(0) {
  const Fold last = fold(folds() - 1);
  filter_bytes_ = last.filter_base + block_filter_bytes(last.cols);
}

Fold ConvGeometry::fold(std::uint32_t index) const {
  const std::uint32_t m_tile = index % m_tiles_;
  const std::uint32_t n_tile = index / m_tiles_ % n_tiles_;
  Fold fold;
  fold.group = index / (m_tiles_ * n_tiles_);
  fold.m_begin = m_tile * array_.rows;
  fold.rows = std::min(array_.rows, m_ - fold.m_begin);
  const std::uint32_t n_in_group = n_tile * array_.cols;
  fold.cols = std::min(array_.cols, n_ - n_in_group);
  fold.n_begin = fold.group * n_ + n_in_group;

  // Every group is n_tiles_ - 1 full blocks and a last one.
  const std::uint32_t last_cols = n_ - (n_tiles_ - 1) * array_.cols;
  const std::uint64_t full = n_tiles_ - 1;
  const std::uint64_t group_filter =
      full * block_filter_bytes(array_.cols) + block_filter_bytes(last_cols);
  const std::uint64_t group_row_bytes =
      full * whole_words(std::uint64_t{array_.cols} * element_bytes_) +
      whole_words(std::uint64_t{last_cols} * element_bytes_);
  fold.filter_base = fold.group * group_filter + n_tile * block_filter_bytes(array_.cols);
  fold.ofmap_base = m_ * (fold.group * group_row_bytes +
                          n_tile * whole_words(std::uint64_t{array_.cols} * element_bytes_)) +
                    fold.m_begin * ofmap_row_bytes(fold);
  return fold;
}

std::optional<std::uint64_t> ConvGeometry::ifmap_position(std::uint32_t group, std::uint32_t m,
                                                          std::uint32_t tap) const {
  const auto pixel = static_cast<int>(m);
  const auto kernel = static_cast<int>(tap);
  const int y = models::source_index(pixel / output_.width * window_.stride_h - window_.pad_top +
                                         kernel / window_.kernel_w * window_.dilation_h,
                                     window_.spread_h, input_.height);
  const int x = models::source_index(pixel % output_.width * window_.stride_w - window_.pad_left +
                                         kernel % window_.kernel_w * window_.dilation_w,
                                     window_.spread_w, input_.width);
  if (y < 0 || x < 0) return std::nullopt;  // padding, or a zero put between the pixels
  return input_.offset(y, x, static_cast<int>(group * channels_));
}

std::size_t ConvGeometry::weight_index(const Fold& fold, std::uint32_t k,
                                       std::uint32_t column) const {
  const std::size_t channel = k % channels_;
  const std::size_t tap = k / channels_;
  return (static_cast<std::size_t>(fold.n_begin + column) * channels_ + channel) * taps_ + tap;
}

std::uint64_t ConvGeometry::ifmap_reads(const Fold& fold) const {
  std::uint64_t reads = 0;
  WordPort port(array_.word_bytes);
  for (std::uint32_t row = 0; row < fold.rows; ++row) {
    port.reset();
    for (std::uint32_t tap = 0; tap < taps_; ++tap) {
      if (const auto p = ifmap_position(fold.group, fold.m_begin + row, tap)) {
        reads += port.advance(Extent{*p, *p + channels_});
      }
    }
  }
  return reads;
}

Extent ConvGeometry::ifmap_extent(const Fold& fold, std::uint32_t k_begin,
                                  std::uint32_t k_end) const {
  Extent extent;
  for (std::uint32_t tap = k_begin / channels_; tap * channels_ < k_end; ++tap) {
    const std::uint32_t tap_k = tap * channels_;
    const std::uint32_t from = std::max(k_begin, tap_k) - tap_k;
    const std::uint32_t to = std::min(k_end, tap_k + channels_) - tap_k;
    for (std::uint32_t row = 0; row < fold.rows; ++row) {
      if (const auto p = ifmap_position(fold.group, fold.m_begin + row, tap)) {
        extent = extent.hull({*p + from, *p + to});
      }
    }
  }
  return extent;
}

}  // namespace brownout::accel
