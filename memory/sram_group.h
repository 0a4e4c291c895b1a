// SPDX-License-Identifier: Apache-2.0
// One operand's buffer as plain data (layer 2): stored words, the failing cells in force, access
// counts. A read is where a stored bit becomes a wrong one. `accel` wraps it in a SystemC module.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "memory/fault_source.h"
#include "memory/sram_geometry.h"
#include "memory/weak_cells.h"

namespace brownout::memory {

/// Word accesses of a buffer.
struct AccessCounts {
  std::uint64_t reads = 0;
  std::uint64_t writes = 0;

  AccessCounts& operator+=(const AccessCounts& other) {
    reads += other.reads;
    writes += other.writes;
    return *this;
  }
  friend AccessCounts operator-(AccessCounts a, const AccessCounts& b) {
    return {a.reads - b.reads, a.writes - b.writes};
  }
  friend bool operator==(const AccessCounts& a, const AccessCounts& b) {
    return a.reads == b.reads && a.writes == b.writes;
  }
  friend bool operator!=(const AccessCounts& a, const AccessCounts& b) { return !(a == b); }
};

/// Words are addressed by fetch position (DESIGN section 6): the word at position p lies in cell
/// row word_of_position(p), and later positions come back to the same cells.
class SramGroup {
 public:
  /// `stored_words` other than geometry.words() serves an ideal memory, which holds that many words
  /// and still reads each through the cells of its position.
  /// No cell fails without `faults`.
  SramGroup(GroupId id, const SramGeometry& geometry, std::uint64_t stored_words,
            std::unique_ptr<FaultSource> faults = nullptr);
  SramGroup(GroupId id, const SramGeometry& geometry) : SramGroup(id, geometry, geometry.words()) {}

  [[nodiscard]] GroupId id() const { return id_; }
  [[nodiscard]] const SramGeometry& geometry() const { return geometry_; }
  [[nodiscard]] const AccessCounts& counts() const { return counts_; }

  /// Which shares of its cells fail from now on. Stored bits are kept but where cells lose them. At
  /// the first call, the supply's start, cells that no write reaches take their preferred state.
  void set_rates(const FaultRates& rates);
  /// Reads from now on are for `layer`.
  void select_layer(std::uint32_t layer) {
    if (layer == layer_) return;
    layer_ = layer;
    if (faults_ != nullptr) reading_ = &faults_->reading(layer);
  }

  /// The word that holds `position`, as its cells give it.
  [[nodiscard]] std::uint64_t read(std::uint64_t position) {
    ++counts_.reads;
    return word(position);
  }
  void write(std::uint64_t position, std::uint64_t value) {
    ++counts_.writes;
    std::uint64_t& word = stored_[slot(position)];
    word = hold_ == nullptr || hold_->empty() ? value : held(position, word, value);
    if (!written_.empty()) written_[slot(position)] = value;
  }
  /// Bytes [position, position + count) as their cells give them. Counts nothing: the caller knows
  /// which ports shared a word.
  void read_bytes(std::uint64_t position, std::uint64_t count, std::uint8_t* bytes) const;
  /// Keeps what is written besides what the cells make of it, for who watches.
  void remember_writes() { written_.assign(stored_.size(), 0); }
  /// What was last written to `position`; remember_writes() must have been called before.
  [[nodiscard]] std::uint64_t written(std::uint64_t position) const {
    return written_.at(slot(position));
  }
  /// Accesses counted by the caller.
  void count(const AccessCounts& accesses) { counts_ += accesses; }

 private:
  [[nodiscard]] std::uint64_t slot(std::uint64_t position) const {
    const std::uint64_t index = position >> word_shift_;
    return index < stored_.size() ? index : index % stored_.size();
  }
  [[nodiscard]] std::uint64_t word(std::uint64_t position) const {
    const std::uint64_t value = stored_[slot(position)];
    if (reading_ == nullptr || reading_->empty()) return value;
    const std::uint64_t index = position >> word_shift_;
    const std::uint64_t words = reading_->words();
    return reading_->apply(
        WordId(static_cast<std::uint32_t>(index < words ? index : index % words)), value);
  }
  /// What a write of `value` leaves at `position`, which held `before`.
  [[nodiscard]] std::uint64_t held(std::uint64_t position, std::uint64_t before,
                                   std::uint64_t value) const;

  GroupId id_;
  SramGeometry geometry_;
  std::uint32_t word_shift_;  ///< log2 of a word's bytes
  std::vector<std::uint64_t> stored_;
  std::vector<std::uint64_t> written_;  ///< empty unless remembered
  std::unique_ptr<FaultSource> faults_;
  std::uint32_t layer_ = 0;
  const FaultMask* reading_ = nullptr;  ///< of layer_
  const HoldMask* hold_ = nullptr;
  bool started_ = false;
  AccessCounts counts_;
};

}  // namespace brownout::memory
