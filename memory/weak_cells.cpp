// SPDX-License-Identifier: Apache-2.0
#include "memory/weak_cells.h"

#include <algorithm>
#include <cmath>

#include "sim/core/error.h"
#include "sim/core/philox.h"

namespace brownout::memory {
namespace {

/// u < rate * 2^32 over integers u is u < ceil(rate * 2^32).
std::uint64_t threshold(double rate) {
  return static_cast<std::uint64_t>(std::ceil(std::ldexp(rate, 32)));
}

/// Counter word of a weak cell's further numbers, beside its group.
constexpr std::uint32_t kTraits = 1U << 8U;

std::uint32_t quad_bits(const MacroGeometry& macro) {
  std::uint32_t bits = 0;
  while (macro.word_bits >> bits > kCellsPerCounter) ++bits;
  return bits;
}

}  // namespace

const char* group_name(GroupId group) {
  switch (group) {
    case GroupId::kIfmap:
      return "ifmap";
    case GroupId::kFilter:
      return "filter";
    case GroupId::kOfmap:
      return "ofmap";
  }
  throw SimulationError("unknown SRAM group");
}

void WeakCells::draw_macro(Stretch stretch, const SramGeometry& geometry, std::uint64_t limit) {
  static const CellKernel kDraw = best_cell_kernel();
  StretchValues last;
  last.fill(static_cast<std::uint32_t>(limit - 1));
  StretchValues ranks;
  const std::uint32_t quads = geometry.macro().rows << stretch.quad_bits;
  for (; stretch.first < quads; stretch.first += kCountersPerStretch) {
    if (!kDraw(stretch, last, ranks)) continue;
    for (std::uint32_t i = 0; i < kCellsPerStretch; ++i) {
      const std::uint32_t counter = i % kCountersPerStretch;
      if (ranks[i] >= limit || stretch.first + counter >= quads) continue;
      const BitId bit(stretch.quad(counter) * kCellsPerCounter + i / kCountersPerStretch);
      const WordId word = geometry.word_at(MacroId(stretch.macro), RowId(stretch.row(counter)));
      cells_.push_back({ranks[i], word, bit, false});
    }
  }
}

WeakCells::WeakCells(ChipId chip, GroupId group, const SramGeometry& geometry, double highest_rate,
                     const StuckAtModel& model)
    : words_(geometry.words()), highest_rate_(highest_rate) {
  const std::uint64_t limit = threshold(highest_rate);
  if (limit == 0) return;
  const double bits = static_cast<double>(words_) * geometry.macro().word_bits;
  const double expected = bits * highest_rate;
  cells_.reserve(static_cast<std::size_t>(expected + 5 * std::sqrt(expected)));
  Stretch stretch;
  stretch.key = chip.value();
  stretch.group = static_cast<std::uint32_t>(group);
  stretch.quad_bits = quad_bits(geometry.macro());
  for (std::uint32_t macro = 0; macro < geometry.macros(); ++macro) {
    stretch.macro = macro;
    draw_macro(stretch, geometry, limit);
  }
  const std::uint64_t ones = threshold(model.share_of_ones);
  for (WeakCell& cell : cells_) {
    const WordLocation at = geometry.locate(cell.word);
    const auto draw = philox(chip.value(), {static_cast<std::uint32_t>(group) | kTraits,
                                            at.macro.value(), at.row.value(), cell.bit.value()});
    cell.reads_one = draw[0] < ones;
  }
  std::sort(cells_.begin(), cells_.end(), [](const WeakCell& a, const WeakCell& b) {
    if (a.u != b.u) return a.u < b.u;
    if (a.word != b.word) return a.word < b.word;
    return a.bit < b.bit;
  });
}

std::size_t WeakCells::failing(double rate) const {
  require(rate <= highest_rate_, "weak cells asked for a rate above the one they were drawn for");
  const std::uint64_t limit = threshold(rate);
  const auto end = std::partition_point(cells_.begin(), cells_.end(),
                                        [&](const WeakCell& cell) { return cell.u < limit; });
  return static_cast<std::size_t>(end - cells_.begin());
}

FaultMask WeakCells::mask(double rate) const {
  FaultMask mask;
  if (failing(rate) > 0) move(mask, 0, rate);
  return mask;
}

void WeakCells::move(FaultMask& mask, double from, double to) const {
  const std::size_t before = failing(from);
  const std::size_t after = failing(to);
  if (mask.empty() && after > 0) {
    mask.keep.assign(words_, ~std::uint64_t{0});
    mask.flip.assign(words_, 0);
  }
  for (std::size_t i = std::min(before, after); i < std::max(before, after); ++i) {
    const WeakCell& cell = cells_[i];
    const std::uint64_t bit = std::uint64_t{1} << cell.bit.value();
    mask.keep[cell.word.value()] ^= bit;
    if (cell.reads_one) mask.flip[cell.word.value()] ^= bit;
  }
}

}  // namespace brownout::memory
