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

/// Ranks worth a closer look, by the stretch's cell: u < 1 - exp(-w h) implies u < w h. `bounds`
/// holds w h 2^32 of a row's bits, for rows of weight 1.
StretchValues candidates(const Stretch& stretch, const MacroWeights& weights,
                         const std::vector<double>& bounds) {
  StretchValues last;
  for (std::uint32_t i = 0; i < kCellsPerStretch; ++i) {
    const std::uint32_t counter = i % kCountersPerStretch;
    const std::uint32_t bit = stretch.quad(counter) * kCellsPerCounter + i / kCountersPerStretch;
    const std::size_t row = stretch.row(counter);
    const double weight = row < weights.rows.size() ? weights.rows[row] : 1;
    const double bound = bit < bounds.size() ? bounds[bit] : 0;
    last[i] = largest_below(std::max(1.0, bound * weight));
  }
  return last;
}

std::uint32_t group_word(const CellFamily& family, CellNumber number, CellNumber too_slow) {
  return counter_word(static_cast<std::uint32_t>(family.group),
                      family.too_slow ? too_slow : number);
}

/// What mask bits a failing cell differs in from a healthy one, whose are keep 1, flip 0.
struct MaskChange {
  bool keep = false;
  bool flip = false;
};

MaskChange change_of(const WeakCell& cell, Storage storage) {
  switch (cell.mechanism) {
    case Mechanism::kInvertedRead:
      return {false, true};
    case Mechanism::kRandomRead:
    case Mechanism::kRandomInversion:
      return {};
    case Mechanism::kWriteFailure:
      if (storage == Storage::kTracked) return {};
      break;
    case Mechanism::kStuckAt:
    case Mechanism::kRetention:
    case Mechanism::kAccessTime:
      break;
  }
  return {true, cell.reads_one};
}

}  // namespace

WeakCells::WeakCells(const CellFamily& family, const SramGeometry& geometry, double highest_rate,
                     const FaultConfig& config)
    : words_(geometry.words()), highest_rate_(highest_rate) {
  const MacroGeometry& macro = geometry.macro();
  columns_ = family.part == WordPart::kData ? Columns{0, macro.word_bits}
                                            : Columns{macro.word_bits, macro.check_bits};
  const std::uint64_t limit = threshold(highest_rate);
  if (limit == 0 || columns_.count == 0) return;
  const double bits = static_cast<double>(words_) * columns_.count;
  const double expected = bits * highest_rate;
  cells_.reserve(static_cast<std::size_t>(expected + 5 * std::sqrt(expected)));
  Stretch stretch;
  stretch.key = family.chip.value();
  stretch.group = group_word(family, CellNumber::kRank, CellNumber::kAccessRank);
  stretch.quad_bits = quad_bits(columns_.count);
  stretch.first_quad = columns_.first / kCellsPerCounter;
  for (stretch.macro = 0; stretch.macro < geometry.macros(); ++stretch.macro) {
    if (config.spatial.empty()) {
      draw_macro(stretch, geometry, limit);
    } else {
      draw_structured(stretch, geometry, family, config.spatial);
    }
  }
  draw_traits(family, geometry, config);
  std::sort(cells_.begin(), cells_.end(), [](const WeakCell& a, const WeakCell& b) {
    if (a.u != b.u) return a.u < b.u;
    if (a.word != b.word) return a.word < b.word;
    return a.bit < b.bit;
  });
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
      WeakCell cell;
      cell.u = ranks[i];
      cell.bit = BitId(stretch.quad(counter) * kCellsPerCounter + i / kCountersPerStretch);
      if (!is_mine(cell.bit)) continue;
      cell.word = geometry.word_at(MacroId(stretch.macro), RowId(stretch.row(counter)));
      cells_.push_back(cell);
    }
  }
}

void WeakCells::draw_structured(Stretch stretch, const SramGeometry& geometry,
                                const CellFamily& family, const SpatialModel& spatial) {
  static const CellKernel kDraw = best_cell_kernel();
  constexpr double kRoundingAllowance = 1 + 1e-6;
  const MacroWeights weights =
      spatial.weights(family.chip.value(), static_cast<std::uint32_t>(family.group), stretch.macro,
                      geometry.macro());
  const double hazard = spatial.hazard(highest_rate_) * kRoundingAllowance;
  std::vector<double> bounds;
  for (const double column : weights.columns) {
    bounds.push_back(weights.macro * column * hazard * 0x1p32);
  }
  const std::uint64_t limit = threshold(highest_rate_);
  StretchValues last = candidates(stretch, weights, bounds);
  StretchValues ranks;
  const std::uint32_t quads = geometry.macro().rows << stretch.quad_bits;
  for (; stretch.first < quads; stretch.first += kCountersPerStretch) {
    if (!weights.rows.empty()) last = candidates(stretch, weights, bounds);
    if (!kDraw(stretch, last, ranks)) continue;
    for (std::uint32_t i = 0; i < kCellsPerStretch; ++i) {
      const std::uint32_t counter = i % kCountersPerStretch;
      if (ranks[i] > last[i] || stretch.first + counter >= quads) continue;
      const std::uint32_t row = stretch.row(counter);
      const std::uint32_t bit = stretch.quad(counter) * kCellsPerCounter + i / kCountersPerStretch;
      if (!is_mine(BitId(bit))) continue;
      const double weight =
          weights.macro * weights.columns[bit] * (weights.rows.empty() ? 1 : weights.rows[row]);
      // The rate from which on this cell fails is uniform again over all chips: its rank.
      const double u = std::ldexp(ranks[i] + 0.5, -32);
      const double rank = std::ldexp(spatial.rate(-std::log1p(-u) / weight), 32);
      if (!(rank < static_cast<double>(limit))) continue;
      WeakCell cell;
      cell.u = static_cast<std::uint32_t>(rank);
      cell.bit = BitId(bit);
      cell.word = geometry.word_at(MacroId(stretch.macro), RowId(row));
      cells_.push_back(cell);
    }
  }
}

void WeakCells::draw_traits(const CellFamily& family, const SramGeometry& geometry,
                            const FaultConfig& config) {
  const std::uint32_t word = group_word(family, CellNumber::kTraits, CellNumber::kAccessTraits);
  for (WeakCell& cell : cells_) {
    const WordLocation at = geometry.locate(cell.word);
    const auto draw =
        philox(family.chip.value(), {word, at.macro.value(), at.row.value(), cell.bit.value()});
    if (family.too_slow) {
      cell.mechanism = Mechanism::kAccessTime;
      cell.reads_one = draw[0] < threshold(config.access_time->share_of_ones);
      continue;
    }
    // The mechanism in whose part of [0, 1) the draw lies.
    double below = 0;
    const MechanismConfig* chosen = &config.mechanisms.front();
    for (const MechanismConfig& mechanism : config.mechanisms) {
      if (draw[1] >= threshold(below) && mechanism.share > 0) chosen = &mechanism;
      below += mechanism.share;
    }
    cell.mechanism = chosen->mechanism;
    cell.reads_one = draw[0] < threshold(chosen->share_of_ones);
    if (is_random(cell.mechanism)) {
      cell.chance = chance_of(chosen->probability.at(std::ldexp(draw[2], -32)));
    }
  }
}

std::size_t WeakCells::failing(double rate) const {
  require(rate <= highest_rate_, "weak cells asked for a rate above the one they were drawn for");
  const std::uint64_t limit = threshold(rate);
  const auto end = std::partition_point(cells_.begin(), cells_.end(),
                                        [&](const WeakCell& cell) { return cell.u < limit; });
  return static_cast<std::size_t>(end - cells_.begin());
}

FaultMask WeakCells::mask(double rate, Storage storage) const {
  FaultMask mask;
  if (failing(rate) > 0) move(mask, 0, rate, storage);
  return mask;
}

void WeakCells::move(FaultMask& mask, double from, double to, Storage storage) const {
  const CellChange differ = change(from, to);
  toggle(mask, differ.healed, storage);
  toggle(mask, differ.failed, storage);
}

CellChange WeakCells::change(double from, double to) const {
  const WeakCell* const before = cells_.data() + failing(from);
  const WeakCell* const after = cells_.data() + failing(to);
  if (before < after) return {{}, {before, after}};
  return {{after, before}, {}};
}

void WeakCells::rearrange(const SramGeometry& geometry, const MacroOrder& order) {
  if (std::is_sorted(order.begin(), order.end())) return;
  std::vector<MacroId> place(order.size());
  for (std::uint32_t macro = 0; macro < order.size(); ++macro) {
    place.at(order[macro]) = MacroId(macro);
  }
  for (WeakCell& cell : cells_) {
    const WordLocation at = geometry.locate(cell.word);
    cell.word = geometry.word_at(place.at(at.macro.value()), at.row);
  }
}

void WeakCells::toggle(FaultMask& mask, const CellRange& cells, Storage storage) const {
  if (mask.empty() && !cells.empty()) {
    mask.keep.assign(words_, ~std::uint64_t{0});
    mask.flip.assign(words_, 0);
  }
  for (const WeakCell& cell : cells) {
    const MaskChange change = change_of(cell, storage);
    mask.keep[cell.word.value()] ^= change.keep ? mask_bit(cell) : 0;
    mask.flip[cell.word.value()] ^= change.flip ? mask_bit(cell) : 0;
  }
}

std::uint32_t chance_of(double probability) {
  return largest_below(std::max(1.0, probability * 0x1p32));
}

bool fails_access(const CellFamily& family, const WeakCell& cell, std::uint32_t layer,
                  std::uint32_t image) {
  const std::uint32_t kind =
      counter_word(static_cast<std::uint32_t>(family.group), CellNumber::kReadDraw);
  const auto draw = philox(family.chip.value(),
                           {kind | cell.bit.value() << 16U, cell.word.value(), layer, image});
  return draw[0] <= cell.chance;
}

}  // namespace brownout::memory
