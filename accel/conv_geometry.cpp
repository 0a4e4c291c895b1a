// SPDX-License-Identifier: Apache-2.0
#include "accel/conv_geometry.h"

#include <algorithm>

#include "accel/word_port.h"

namespace brownout::accel {
namespace {

std::uint32_t tiles(std::uint32_t extent, std::uint32_t tile) { return (extent + tile - 1) / tile; }

std::uint32_t block(std::uint32_t extent, std::uint32_t wanted) {
  return wanted == 0 ? extent : std::min(extent, wanted);
}

}  // namespace

ConvGeometry::ConvGeometry(const models::Conv& conv, const models::Shape& input,
                           const Mapping& mapping)
    : window_(conv.window),
      input_(input),
      output_(models::output_shape(input, conv.window, static_cast<int>(conv.bias.size()))),
      mapping_(mapping),
      groups_(static_cast<std::uint32_t>(conv.groups)),
      m_(static_cast<std::uint32_t>(output_.height * output_.width)),
      n_(static_cast<std::uint32_t>(output_.channels / conv.groups)),
      channels_(static_cast<std::uint32_t>(input.channels / conv.groups)),
      taps_(static_cast<std::uint32_t>(conv.window.kernel_h * conv.window.kernel_w)),
      m_tile_(mapping.rows),
      n_tile_(mapping.cols),
      k_tile_(mapping.rows),
      element_bytes_(conv.requantizer.multiplier.empty() ? 4 : 1),
      filter_bytes_(0) {
  switch (mapping.dataflow) {
    case Dataflow::kOutputStationary:
      k_tile_ = k();
      break;
    case Dataflow::kWeightStationary:
      m_tile_ = block(m_, mapping.stream_block);
      break;
    case Dataflow::kInputStationary:
      m_tile_ = mapping.cols;
      n_tile_ = block(n_, mapping.stream_block);
      break;
  }
  m_tiles_ = tiles(m_, m_tile_);
  n_tiles_ = tiles(n_, n_tile_);
  k_tiles_ = tiles(k(), k_tile_);
  filter_bytes_ = groups_ * group_filter_bytes();
}

Fold ConvGeometry::fold(std::uint64_t index) const {
  const auto k_index = static_cast<std::uint32_t>(index % k_tiles_);
  const std::uint64_t tile = index / k_tiles_;
  const std::uint64_t tile_in_group = tile % (std::uint64_t{m_tiles_} * n_tiles_);
  const bool filter_outer = mapping_.order == LoopOrder::kFilterOuter;
  const auto m_index = static_cast<std::uint32_t>(filter_outer ? tile_in_group % m_tiles_
                                                               : tile_in_group / n_tiles_);
  const auto n_index = static_cast<std::uint32_t>(filter_outer ? tile_in_group / m_tiles_
                                                               : tile_in_group % n_tiles_);
  Fold fold;
  fold.group = static_cast<std::uint32_t>(tile / (std::uint64_t{m_tiles_} * n_tiles_));
  fold.m_begin = m_index * m_tile_;
  fold.m_count = std::min(m_tile_, m_ - fold.m_begin);
  const std::uint32_t n_in_group = n_index * n_tile_;
  fold.n_begin = fold.group * n_ + n_in_group;
  fold.n_count = std::min(n_tile_, n_ - n_in_group);
  fold.k_begin = k_index * k_tile_;
  fold.k_count = std::min(k_tile_, k() - fold.k_begin);
  fold.last_k = k_index + 1 == k_tiles_;
  place_filter(fold);
  place_ofmap(fold);
  return fold;
}

std::uint64_t ConvGeometry::group_filter_bytes() const {
  // All tiles but the last are full.
  if (mapping_.dataflow == Dataflow::kInputStationary) {
    const std::uint32_t last = k() - (k_tiles_ - 1) * k_tile_;
    return n_ * ((k_tiles_ - 1) * whole_words(k_tile_) + whole_words(last));
  }
  const std::uint32_t last = n_ - (n_tiles_ - 1) * n_tile_;
  return k() * ((n_tiles_ - 1) * whole_words(n_tile_) + whole_words(last));
}

void ConvGeometry::place_filter(Fold& fold) const {
  const std::uint64_t group_base = fold.group * group_filter_bytes();
  const std::uint32_t n_in_group = fold.n_begin - fold.group * n_;
  fold.filter_pitch = whole_words(filter_width(fold));
  if (mapping_.dataflow == Dataflow::kInputStationary) {
    const std::uint64_t k_index = fold.k_begin / k_tile_;
    fold.filter_base =
        group_base + k_index * n_ * whole_words(k_tile_) + n_in_group * fold.filter_pitch;
  } else {
    fold.filter_base = group_base +
                       std::uint64_t{n_in_group / n_tile_} * k() * whole_words(n_tile_) +
                       fold.k_begin * fold.filter_pitch;
  }
}

std::uint64_t ConvGeometry::ofmap_row_bytes(std::uint32_t channels) const {
  return whole_words(std::uint64_t{channels} * (k_tiles_ > 1 ? 4 : element_bytes_));
}

std::uint64_t ConvGeometry::group_row_bytes() const {
  const std::uint32_t last = n_ - (n_tiles_ - 1) * n_tile_;
  return (n_tiles_ - 1) * ofmap_row_bytes(n_tile_) + ofmap_row_bytes(last);
}

std::uint64_t ConvGeometry::ofmap_bytes() const {
  return std::uint64_t{m_} * groups_ * group_row_bytes();
}

void ConvGeometry::place_ofmap(Fold& fold) const {
  const std::uint32_t n_index = (fold.n_begin - fold.group * n_) / n_tile_;
  const std::uint64_t full_row = ofmap_row_bytes(n_tile_);
  fold.ofmap_pitch = ofmap_row_bytes(fold.n_count);
  fold.ofmap_base = std::uint64_t{m_} * fold.group * group_row_bytes();
  if (mapping_.order == LoopOrder::kFilterOuter) {
    fold.ofmap_base += std::uint64_t{m_} * n_index * full_row + fold.m_begin * fold.ofmap_pitch;
  } else {
    fold.ofmap_base +=
        fold.m_begin * group_row_bytes() + std::uint64_t{fold.m_count} * n_index * full_row;
  }
}

std::uint32_t ConvGeometry::stream(const Fold& fold) const {
  switch (mapping_.dataflow) {
    case Dataflow::kWeightStationary:
      return fold.m_count;
    case Dataflow::kInputStationary:
      return fold.n_count;
    case Dataflow::kOutputStationary:
      break;
  }
  return fold.k_count;
}

std::uint32_t ConvGeometry::load_cycles() const {
  return mapping_.dataflow == Dataflow::kOutputStationary ? 0 : mapping_.rows;
}

std::uint32_t ConvGeometry::depth() const {
  return mapping_.dataflow == Dataflow::kOutputStationary ? k() : mapping_.rows;
}

std::uint64_t ConvGeometry::cycles(const Fold& fold) const {
  return std::uint64_t{load_cycles()} + stream(fold) + mapping_.rows + mapping_.cols - 2;
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

std::uint32_t ConvGeometry::filter_lines(const Fold& fold) const {
  return mapping_.dataflow == Dataflow::kInputStationary ? fold.n_count : fold.k_count;
}

std::uint32_t ConvGeometry::filter_width(const Fold& fold) const {
  return mapping_.dataflow == Dataflow::kInputStationary ? fold.k_count : fold.n_count;
}

std::size_t ConvGeometry::weight_index(const Fold& fold, std::uint32_t line,
                                       std::uint32_t lane) const {
  const bool by_channel = mapping_.dataflow == Dataflow::kInputStationary;
  const std::uint32_t k = fold.k_begin + (by_channel ? lane : line);
  const std::uint32_t n = fold.n_begin + (by_channel ? line : lane);
  return (static_cast<std::size_t>(n) * channels_ + k % channels_) * taps_ + k / channels_;
}

std::uint64_t ConvGeometry::ifmap_reads(const Fold& fold) const {
  std::uint64_t reads = 0;
  WordPort port(mapping_.word_bytes);
  for (std::uint32_t p = 0; p < fold.m_count; ++p) {
    if (port_per_pixel()) port.reset();
    visit_ifmap(fold, fold.m_begin + p, fold.k_begin, fold.k_begin + fold.k_count,
                [&](std::uint32_t, std::uint64_t position, std::uint32_t count) {
                  reads += port.advance(Extent{position, position + count});
                });
  }
  return reads;
}

std::uint64_t ConvGeometry::filter_reads(const Fold& fold) const {
  return filter_lines(fold) * words(filter_width(fold));
}

std::uint64_t ConvGeometry::ofmap_reads(const Fold& fold) const {
  return fold.first_k() ? 0 : fold.m_count * words(std::uint64_t{fold.n_count} * 4);
}

std::uint64_t ConvGeometry::ofmap_writes(const Fold& fold) const {
  return fold.m_count * words(std::uint64_t{fold.n_count} * result_bytes(fold));
}

Extent ConvGeometry::pixel_extent(const Fold& fold, Extent pixels, Extent k) const {
  Extent extent;
  for (std::uint64_t tap = k.begin / channels_; tap * channels_ < k.end; ++tap) {
    const std::uint64_t tap_k = tap * channels_;
    const std::uint64_t from = std::max(k.begin, tap_k) - tap_k;
    const std::uint64_t to = std::min(k.end, tap_k + channels_) - tap_k;
    // Under one tap positions rise with the pixel: the first and the last inside the input do.
    const auto position = [&](std::uint64_t pixel) {
      return ifmap_position(fold.group, fold.m_begin + static_cast<std::uint32_t>(pixel),
                            static_cast<std::uint32_t>(tap));
    };
    std::uint64_t first = pixels.begin;
    while (first < pixels.end && !position(first)) ++first;
    if (first == pixels.end) continue;
    std::uint64_t last = pixels.end - 1;
    while (!position(last)) --last;
    extent = extent.hull({*position(first) + from, *position(last) + to});
  }
  return extent;
}

Extent ConvGeometry::ifmap_extent(const Fold& fold, std::uint32_t begin, std::uint32_t end) const {
  const Extent pixels{0, fold.m_count};
  const Extent k{fold.k_begin, std::uint64_t{fold.k_begin} + fold.k_count};
  switch (mapping_.dataflow) {
    case Dataflow::kWeightStationary:
      return pixel_extent(fold, {begin, end}, k);
    case Dataflow::kInputStationary:
      return begin == 0 ? pixel_extent(fold, pixels, k) : Extent{};
    case Dataflow::kOutputStationary:
      break;
  }
  return pixel_extent(fold, pixels, {begin, end});
}

Extent ConvGeometry::filter_extent(const Fold& fold, std::uint32_t begin, std::uint32_t end) const {
  if (mapping_.dataflow == Dataflow::kWeightStationary) {
    if (begin > 0) return {};
    return {fold.filter_base, fold.filter_base + fold.k_count * fold.filter_pitch};
  }
  return {fold.filter_base + begin * fold.filter_pitch, fold.filter_base + end * fold.filter_pitch};
}

}  // namespace brownout::accel
