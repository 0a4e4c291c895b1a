// SPDX-License-Identifier: Apache-2.0
#include "memory/chip_faults.h"

#include <algorithm>

namespace brownout::memory {
namespace {

/// Masks of a word read through `first` and then `second`.
struct WordMask {
  std::uint64_t keep;
  std::uint64_t flip;
};

WordMask chained(WordMask first, WordMask second) {
  return {first.keep & second.keep, (first.flip & second.keep) ^ second.flip};
}

WordMask word_of(const FaultMask& mask, std::size_t word) {
  return mask.empty() ? WordMask{~std::uint64_t{0}, 0} : WordMask{mask.keep[word], mask.flip[word]};
}

void put(FaultMask& mask, std::size_t word, WordMask value) {
  mask.keep[word] = value.keep;
  mask.flip[word] = value.flip;
}

void spread(FaultMask& mask, std::size_t words) {
  if (!mask.empty()) return;
  mask.keep.assign(words, ~std::uint64_t{0});
  mask.flip.assign(words, 0);
}

const FaultRates& rates_of(const BufferRates& rates, BitBank bank) {
  return bank == BitBank::kSafe ? rates.safe : rates.own;
}

bool forgets(const WeakCell& cell) {
  return cell.mechanism == Mechanism::kWriteFailure || cell.mechanism == Mechanism::kRetention;
}

}  // namespace

ChipFaults::ChipFaults(const Chip& chip, GroupId group, Storage storage, std::uint32_t image,
                       WordPart part)
    : chip_(chip),
      family_{chip.id(), group, false, part},
      storage_(storage),
      image_(image),
      words_(chip.geometry(group).words()) {}

void ChipFaults::toggle_hold(const WeakCell& cell) {
  if (!forgets(cell) || storage_ == Storage::kSettled) return;
  if (hold_.empty()) {
    hold_.held.assign(words_, 0);
    hold_.lost.assign(words_, 0);
    hold_.preferred.assign(words_, 0);
  }
  const std::uint64_t bit = weak().mask_bit(cell);
  const std::size_t word = cell.word.value();
  (cell.mechanism == Mechanism::kWriteFailure ? hold_.held : hold_.lost)[word] ^= bit;
  if (cell.reads_one) hold_.preferred[word] ^= bit;
}

void ChipFaults::move_curve(const BufferRates& rates, BitBank bank) {
  const CellChange change = chip_.change(family_.group, rates_of(rates_, bank),
                                         rates_of(rates, bank), family_.part, bank);
  move_cells(change.healed, false);
  move_cells(change.failed, true);
}

void ChipFaults::move_cells(const CellRange& cells, bool fail) {
  weak().toggle(mask_, cells, storage_);
  for (const WeakCell& cell : cells) {
    toggle_hold(cell);
    if (is_random(cell.mechanism)) {
      if (fail) {
        ++random_;
      } else {
        --random_;
      }
    }
    if (!slow_mask_.empty()) {
      const std::size_t word = cell.word.value();
      put(both_, word, chained(word_of(mask_, word), word_of(slow_mask_, word)));
    }
  }
}

void ChipFaults::move_slow(const BufferRates& rates, BitBank bank) {
  const WeakCells& slow = chip_.slow_cells(family_.group, family_.part, bank);
  const CellChange change =
      slow.change(rates_of(rates_, bank).access_time, rates_of(rates, bank).access_time);
  slow.toggle(slow_mask_, change.healed, storage_);
  slow.toggle(slow_mask_, change.failed, storage_);
  if (slow_mask_.empty()) return;
  if (both_.empty()) {
    both_ = mask_;
    spread(both_, words_);
  }
  for (const CellRange& cells : {change.healed, change.failed}) {
    for (const WeakCell& cell : cells) {
      const std::size_t word = cell.word.value();
      put(both_, word, chained(word_of(mask_, word), word_of(slow_mask_, word)));
    }
  }
}

void ChipFaults::set_rates(const BufferRates& rates) {
  for (const BitBank bank : kBitBanks) move_curve(rates, bank);
  for (const BitBank bank : kBitBanks) move_slow(rates, bank);
  rates_ = rates;
  for (LayerMask& entry : layers_) entry.layer.reset();
}

const FaultMask& ChipFaults::reading(std::uint32_t layer) {
  if (random_ == 0) return steady();
  ++uses_;
  LayerMask* oldest = &layers_[0];
  for (LayerMask& entry : layers_) {
    if (entry.layer == layer) {
      entry.last_use = uses_;
      return entry.mask;
    }
    if (entry.last_use < oldest->last_use) oldest = &entry;
  }
  draw(*oldest, layer);
  oldest->layer = layer;
  oldest->last_use = uses_;
  return oldest->mask;
}

void ChipFaults::draw(LayerMask& entry, std::uint32_t layer) const {
  entry.mask = steady();
  spread(entry.mask, words_);
  for (const BitBank bank : kBitBanks) draw_bank(entry.mask, bank, layer);
}

void ChipFaults::draw_bank(FaultMask& mask, BitBank bank, std::uint32_t layer) const {
  for (const WeakCell& cell :
       chip_.failing(family_.group, rates_of(rates_, bank), family_.part, bank)) {
    if (!is_random(cell.mechanism)) continue;
    if (!fails_access(family_, cell, layer, image_)) continue;
    const std::size_t word = cell.word.value();
    const std::uint64_t bit = weak().mask_bit(cell);
    // A slow cell is read last; where there is one, it alone decides.
    const WordMask slow = word_of(slow_mask_, word);
    if ((slow.keep & bit) == 0) continue;
    if (cell.mechanism == Mechanism::kRandomInversion) {
      mask.flip[word] ^= bit;
      continue;
    }
    mask.keep[word] &= ~bit;
    mask.flip[word] = (mask.flip[word] & ~bit) | (cell.reads_one ? bit : 0);
  }
}

}  // namespace brownout::memory
