// SPDX-License-Identifier: Apache-2.0
#include "memory/cell_draw.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "memory/cell_counters.h"
#include "memory/cell_kernels.h"
#include "sim/core/philox.h"

namespace brownout::memory {
namespace {

/// Enough for `columns` of a row.
std::uint32_t quad_bits(std::uint32_t columns) {
  std::uint32_t bits = 0;
  while (kCellsPerCounter << bits < columns) ++bits;
  return bits;
}

/// Largest number of [0, 2^32) below `limit`, which is at least 1.
std::uint32_t largest_below(double limit) {
  return static_cast<std::uint32_t>(std::min(std::ceil(limit), 0x1p32) - 1);
}

std::uint32_t group_word(const CellFamily& family, CellNumber number, CellNumber too_slow) {
  return counter_word(static_cast<std::uint32_t>(family.group),
                      family.too_slow ? too_slow : number);
}

/// Draws the ranks of one buffer's cells and keeps the low ones.
class RankDraw {
 public:
  RankDraw(const CellFamily& family, const SramGeometry& cells, double highest_rate,
           const SpatialModel& spatial)
      : family_(family),
        cells_(cells),
        limit_(rank_limit(highest_rate)),
        spatial_(spatial),
        hazard_(spatial.empty() ? 0 : spatial.hazard(highest_rate) * kRoundingAllowance) {}

  /// From now on cells of `macro`.
  void enter(MacroId macro);
  /// All rows of columns [first, end); `first` begins a counter.
  void draw(std::uint32_t first, std::uint32_t end);

  std::vector<WeakCell> found;

 private:
  static constexpr double kRoundingAllowance = 1 + 1e-6;

  void consider(std::uint32_t row, std::uint32_t column, std::uint32_t rank);
  [[nodiscard]] StretchValues candidates(const Stretch& stretch) const;
  [[nodiscard]] double row_weight(std::uint32_t row) const {
    return weights_->rows.empty() ? 1 : weights_->rows[row];
  }

  CellFamily family_;
  const SramGeometry& cells_;
  std::uint64_t limit_;
  const SpatialModel& spatial_;
  double hazard_;
  MacroId macro_;
  std::optional<MacroWeights> weights_;  ///< of macro_; none where all cells are alike
};

void RankDraw::enter(MacroId macro) {
  macro_ = macro;
  if (spatial_.empty()) return;
  weights_ = spatial_.weights(family_.chip.value(), static_cast<std::uint32_t>(family_.group),
                              macro.value(), cells_.macro());
}

/// Ranks worth a closer look, by the stretch's cell. With weights: u < 1 - exp(-w h) implies
/// u < w h.
StretchValues RankDraw::candidates(const Stretch& stretch) const {
  StretchValues last;
  if (!weights_) {
    last.fill(static_cast<std::uint32_t>(limit_ - 1));
    return last;
  }
  for (std::uint32_t i = 0; i < kCellsPerStretch; ++i) {
    const std::uint32_t counter = i % kCountersPerStretch;
    const std::uint32_t bit = stretch.quad(counter) * kCellsPerCounter + i / kCountersPerStretch;
    const std::uint32_t row = stretch.row(counter);
    const double weight = row < cells_.macro().rows ? row_weight(row) : 1;
    const double column = bit < weights_->columns.size() ? weights_->columns[bit] : 0;
    const double bound = weights_->macro * column * hazard_ * 0x1p32;
    last[i] = largest_below(std::max(1.0, bound * weight));
  }
  return last;
}

void RankDraw::consider(std::uint32_t row, std::uint32_t column, std::uint32_t rank) {
  WeakCell cell;
  if (weights_) {
    // The rate from which on this cell fails is uniform again over all chips: its rank.
    const double weight = weights_->macro * weights_->columns[column] * row_weight(row);
    const double u = std::ldexp(rank + 0.5, -32);
    const double own = std::ldexp(spatial_.rate(-std::log1p(-u) / weight), 32);
    if (!(own < static_cast<double>(limit_))) return;
    cell.u = static_cast<std::uint32_t>(own);
  } else {
    if (rank >= limit_) return;
    cell.u = rank;
  }
  cell.bit = BitId(column);
  cell.word = cells_.word_at(macro_, RowId(row));
  found.push_back(cell);
}

void RankDraw::draw(std::uint32_t first, std::uint32_t end) {
  static const CellKernel kDraw = best_cell_kernel();
  Stretch stretch;
  stretch.key = family_.chip.value();
  stretch.group = group_word(family_, CellNumber::kRank, CellNumber::kAccessRank);
  stretch.macro = macro_.value();
  stretch.quad_bits = quad_bits(end - first);
  stretch.first_quad = first / kCellsPerCounter;
  StretchValues last = candidates(stretch);
  StretchValues ranks;
  const std::uint32_t quads = cells_.macro().rows << stretch.quad_bits;
  for (; stretch.first < quads; stretch.first += kCountersPerStretch) {
    if (weights_ && !weights_->rows.empty()) last = candidates(stretch);
    if (!kDraw(stretch, last, ranks)) continue;
    for (std::uint32_t i = 0; i < kCellsPerStretch; ++i) {
      const std::uint32_t counter = i % kCountersPerStretch;
      if (ranks[i] > last[i] || stretch.first + counter >= quads) continue;
      const std::uint32_t column =
          stretch.quad(counter) * kCellsPerCounter + i / kCountersPerStretch;
      if (column < end) consider(stretch.row(counter), column, ranks[i]);
    }
  }
}

/// Preferred states, mechanisms and chances of `found`.
void draw_traits(std::vector<WeakCell>& found, const CellFamily& family, const SramGeometry& cells,
                 const FaultConfig& config) {
  const std::uint32_t word = group_word(family, CellNumber::kTraits, CellNumber::kAccessTraits);
  for (WeakCell& cell : found) {
    const WordLocation at = cells.locate(cell.word);
    const auto draw =
        philox(family.chip.value(), {word, at.macro.value(), at.row.value(), cell.bit.value()});
    if (family.too_slow) {
      cell.mechanism = Mechanism::kAccessTime;
      cell.reads_one = draw[0] < rank_limit(config.access_time->share_of_ones);
      continue;
    }
    // The mechanism in whose part of [0, 1) the draw lies.
    double below = 0;
    const MechanismConfig* chosen = &config.mechanisms.front();
    for (const MechanismConfig& mechanism : config.mechanisms) {
      if (draw[1] >= rank_limit(below) && mechanism.share > 0) chosen = &mechanism;
      below += mechanism.share;
    }
    cell.mechanism = chosen->mechanism;
    cell.reads_one = draw[0] < rank_limit(chosen->share_of_ones);
    if (is_random(cell.mechanism)) {
      cell.chance = chance_of(chosen->probability.at(std::ldexp(draw[2], -32)));
    }
  }
}

}  // namespace

std::vector<WeakCell> draw_cells(const CellFamily& family, const SramGeometry& geometry,
                                 const CellLayout& layout, double highest_rate,
                                 const FaultConfig& config) {
  if (rank_limit(highest_rate) == 0) return {};
  const SramGeometry cells = with_spares(geometry, layout);
  const std::uint32_t word_bits = cells.macro().word_bits;
  const std::uint32_t columns = word_bits + cells.macro().check_bits;
  RankDraw draw(family, cells, highest_rate, config.spatial);
  const double expected = static_cast<double>(cells.words()) * columns * highest_rate;
  draw.found.reserve(static_cast<std::size_t>(expected + 5 * std::sqrt(expected)));
  for (std::uint32_t macro = 0; macro < geometry.macros(); ++macro) {
    draw.enter(MacroId(macro));
    draw.draw(0, word_bits);
    if (columns > word_bits) draw.draw(word_bits, columns);
  }
  draw_traits(draw.found, family, cells, config);
  return std::move(draw.found);
}

}  // namespace brownout::memory
