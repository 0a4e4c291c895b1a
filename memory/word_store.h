// SPDX-License-Identifier: Apache-2.0
// Words in cells that may fail (layer 2): what is stored, and what reads and writes make of it. A
// buffer has one for its data and one for its check bits.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "memory/fault_source.h"
#include "memory/sram_geometry.h"

namespace brownout::memory {

/// Words are addressed by fetch position (DESIGN section 6).
class WordStore {
 public:
  /// `stored_words` as in SramGroup. No cell fails without `faults`.
  WordStore(const SramGeometry& geometry, std::uint64_t stored_words,
            std::unique_ptr<FaultSource> faults);

  /// As SramGroup's.
  void set_rates(const BufferRates& rates);
  void select_layer(std::uint32_t layer) {
    if (layer == layer_) return;
    layer_ = layer;
    if (faults_ != nullptr) reading_ = &faults_->reading(layer);
  }

  [[nodiscard]] std::uint64_t read(std::uint64_t position) const {
    const std::uint64_t value = stored_[slot(position)];
    if (reading_ == nullptr || reading_->empty()) return value;
    const std::uint64_t index = position >> word_shift_;
    const std::uint64_t words = reading_->words();
    return reading_->apply(
        WordId(static_cast<std::uint32_t>(index < words ? index : index % words)), value);
  }
  void write(std::uint64_t position, std::uint64_t value) {
    std::uint64_t& word = stored_[slot(position)];
    word = hold_ == nullptr || hold_->empty() ? value : held(position, word, value);
  }

  [[nodiscard]] std::uint64_t word_bytes() const { return std::uint64_t{1} << word_shift_; }
  [[nodiscard]] std::uint64_t slots() const { return stored_.size(); }
  [[nodiscard]] std::uint64_t slot(std::uint64_t position) const {
    const std::uint64_t index = position >> word_shift_;
    return index < stored_.size() ? index : index % stored_.size();
  }

 private:
  /// What a write of `value` leaves at `position`, which held `before`.
  [[nodiscard]] std::uint64_t held(std::uint64_t position, std::uint64_t before,
                                   std::uint64_t value) const;

  std::uint32_t words_;       ///< in cells
  std::uint32_t word_shift_;  ///< log2 of a word's bytes
  std::vector<std::uint64_t> stored_;
  std::unique_ptr<FaultSource> faults_;
  std::uint32_t layer_ = 0;
  const FaultMask* reading_ = nullptr;  ///< of layer_
  const HoldMask* hold_ = nullptr;
  bool started_ = false;
};

}  // namespace brownout::memory
