// SPDX-License-Identifier: Apache-2.0
#include "memory/validation/resampled_layout.h"

#include <algorithm>
#include <numeric>

namespace brownout::memory::validation {
namespace {

/// Sum of (count - mean)^2 / mean over `bins` bins, of which `counts` are those not empty.
double chi_square_of(const std::vector<std::uint32_t>& counts, double bins) {
  double total = 0;
  double squares = 0;
  for (const std::uint32_t count : counts) {
    total += count;
    squares += static_cast<double>(count) * count;
  }
  return total == 0 ? 0 : squares * bins / total - total;
}

/// Pairs up to kNearDistance apart among the numbers drawn last.
double near_pairs(const std::vector<std::uint32_t>& drawn, std::uint64_t limit,
                  const DistinctSampler& sampler) {
  double pairs = 0;
  for (const std::uint32_t number : drawn) {
    for (std::uint64_t d = 1; d <= kNearDistance && number + d < limit; ++d) {
      if (sampler.has(number + d)) pairs += 1;
    }
  }
  return pairs;
}

/// Pairs up to kNearDistance apart on one line, in cells sorted by line and position.
template <class Line, class Position>
double near_pairs(const std::vector<CellPlace>& cells, Line line, Position position) {
  double pairs = 0;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    for (std::size_t j = i; j-- > 0 && line(cells[j]) == line(cells[i]) &&
                            position(cells[i]) - position(cells[j]) <= kNearDistance;) {
      pairs += 1;
    }
  }
  return pairs;
}

/// Lengths of the runs of equal keys.
template <class Key>
std::vector<std::uint32_t> run_lengths(const std::vector<CellPlace>& cells, Key key) {
  std::vector<std::uint32_t> lengths;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i == 0 || key(cells[i]) != key(cells[i - 1])) lengths.push_back(0);
    ++lengths.back();
  }
  return lengths;
}

std::uint32_t row_of(const CellPlace& cell) { return cell.row; }
std::uint32_t bit_of(const CellPlace& cell) { return cell.bit; }

void sort_by_column(std::vector<CellPlace>& cells) {
  std::sort(cells.begin(), cells.end(), [](const CellPlace& a, const CellPlace& b) {
    return a.bit != b.bit ? a.bit < b.bit : a.row < b.row;
  });
}

}  // namespace

Layout::Layout(const MapGeometry& geometry, const std::vector<MapFault>& faults)
    : geometry_(geometry), faults_(faults.size()) {
  for (const MapFault& fault : faults) {
    const CellPlace place = geometry.place(fault.cell);
    if (blocks_.empty() || blocks_.back().cells.front().block != place.block) {
      blocks_.emplace_back();
    }
    blocks_.back().cells.push_back(place);
  }
  std::vector<std::uint32_t> block_counts;
  std::vector<std::uint32_t> positions(geometry.word_bits);
  for (Block& block : blocks_) {
    block_counts.push_back(static_cast<std::uint32_t>(block.cells.size()));
    for (const CellPlace& cell : block.cells) ++positions[cell.bit];
    block.words = run_lengths(block.cells, row_of);
    found_[kWords] += chi_square_of(block.words, geometry.rows);
    found_[kBitDistance] += near_pairs(block.cells, row_of, bit_of);
    sort_by_column(block.cells);
    block.columns = run_lengths(block.cells, bit_of);
    found_[kColumns] += chi_square_of(block.columns, geometry.word_bits);
    found_[kWordDistance] += near_pairs(block.cells, bit_of, row_of);
  }
  found_[kBlocks] = chi_square_of(block_counts, geometry.blocks);
  found_[kBitPositions] = chi_square_of(positions, geometry.word_bits);
}

SpatialStatistics Layout::redraw(RandomStream& random, DistinctSampler& sampler) const {
  SpatialStatistics sums{};
  sums[kBlocks] = redraw_blocks(random);
  redraw_inside(random, sampler, sums);
  sums[kBitPositions] = redraw_positions(random);
  for (const Block& block : blocks_) {
    for (const std::uint32_t count : block.columns) {
      sums[kWordDistance] +=
          near_pairs(sampler.draw(count, geometry_.rows, random), geometry_.rows, sampler);
    }
    for (const std::uint32_t count : block.words) {
      sums[kBitDistance] += near_pairs(sampler.draw(count, geometry_.word_bits, random),
                                       geometry_.word_bits, sampler);
    }
  }
  return sums;
}

double Layout::redraw_blocks(RandomStream& random) const {
  // A cell anywhere lies in any block alike, and is free as often as the block's cells are.
  std::vector<std::uint32_t> counts(geometry_.blocks);
  for (std::uint64_t i = 0; i < faults_; ++i) {
    std::uint32_t block = random.below(geometry_.blocks);
    while (random.below(geometry_.block_cells()) < counts[block]) {
      block = random.below(geometry_.blocks);
    }
    ++counts[block];
  }
  return chi_square_of(counts, geometry_.blocks);
}

void Layout::redraw_inside(RandomStream& random, DistinctSampler& sampler,
                           SpatialStatistics& sums) const {
  std::vector<std::uint32_t> columns(geometry_.word_bits);
  std::vector<std::uint32_t> words(geometry_.rows);
  for (const Block& block : blocks_) {
    std::fill(columns.begin(), columns.end(), 0);
    std::fill(words.begin(), words.end(), 0);
    for (const std::uint32_t cell :
         sampler.draw(block.cells.size(), geometry_.block_cells(), random)) {
      ++columns[cell % geometry_.word_bits];
      ++words[cell / geometry_.word_bits];
    }
    sums[kColumns] += chi_square_of(columns, geometry_.word_bits);
    sums[kWords] += chi_square_of(words, geometry_.rows);
  }
}

double Layout::redraw_positions(RandomStream& random) const {
  std::vector<std::uint32_t> positions(geometry_.word_bits);
  for (const Block& block : blocks_) {
    std::vector<std::uint32_t> places(geometry_.word_bits);
    std::iota(places.begin(), places.end(), 0U);
    for (std::size_t i = 0; i < block.columns.size(); ++i) {
      const std::size_t j = i + random.below(places.size() - i);
      std::swap(places[i], places[j]);
      positions[places[i]] += block.columns[i];
    }
  }
  return chi_square_of(positions, geometry_.word_bits);
}

}  // namespace brownout::memory::validation
