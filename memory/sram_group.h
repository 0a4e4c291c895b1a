// SPDX-License-Identifier: Apache-2.0
// One operand's buffer as plain data (layer 2): stored words with the failing cells in force, an
// error code over them, access counts. A read is where a stored bit becomes a wrong one, or is put
// right. `accel` wraps it in a SystemC module.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "memory/fault_source.h"
#include "memory/sram_geometry.h"
#include "memory/weak_cells.h"
#include "memory/word_code.h"
#include "memory/word_store.h"

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

/// What can go wrong in a buffer, and the code against it.
struct Protection {
  std::unique_ptr<FaultSource> data;   ///< of the words' cells; none: they are healthy
  std::unique_ptr<FaultSource> check;  ///< of the check bits' cells
  CodeChoice code = {};
};

/// Words are addressed by fetch position (DESIGN section 6): the word at position p lies in cell
/// row word_of_position(p), and later positions come back to the same cells.
class SramGroup {
 public:
  /// `stored_words` other than geometry.words() serves an ideal memory, which holds that many words
  /// and still reads each through the cells of its position. Throws InputError when the words
  /// cannot have the code.
  SramGroup(GroupId id, const SramGeometry& geometry, std::uint64_t stored_words,
            Protection protection);
  SramGroup(GroupId id, const SramGeometry& geometry, std::uint64_t stored_words,
            std::unique_ptr<FaultSource> faults = nullptr)
      : SramGroup(id, geometry, stored_words, Protection{std::move(faults), nullptr, {}}) {}
  SramGroup(GroupId id, const SramGeometry& geometry) : SramGroup(id, geometry, geometry.words()) {}

  [[nodiscard]] GroupId id() const { return id_; }
  [[nodiscard]] const SramGeometry& geometry() const { return geometry_; }
  [[nodiscard]] const AccessCounts& counts() const { return counts_; }

  /// Which shares of its cells fail from now on. Stored bits are kept but where cells lose them. At
  /// the first call, the supply's start, cells that no write reaches take their preferred state.
  void set_rates(const BufferRates& rates);
  /// Reads from now on are for `layer`.
  void select_layer(std::uint32_t layer);

  /// The word that holds `position`, as its cells give it and the code leaves it.
  [[nodiscard]] std::uint64_t read(std::uint64_t position) {
    ++counts_.reads;
    return word(position);
  }
  void write(std::uint64_t position, std::uint64_t value) {
    ++counts_.writes;
    data_.write(position, value);
    if (!code_.is_none()) check_.write(position, code_.encode(value));
    if (!written_.empty()) written_[data_.slot(position)] = value;
  }
  /// Bytes [position, position + count) as read() would give them. Counts nothing: the caller knows
  /// which ports shared a word.
  void read_bytes(std::uint64_t position, std::uint64_t count, std::uint8_t* bytes) const;
  /// Keeps what is written besides what the cells make of it, for who watches.
  void remember_writes() { written_.assign(data_.slots(), 0); }
  /// What was last written to `position`; remember_writes() must have been called before.
  [[nodiscard]] std::uint64_t written(std::uint64_t position) const {
    return written_.at(data_.slot(position));
  }
  /// What becomes of that in a read; remember_writes() must have been called before.
  [[nodiscard]] CodeOutcomes outcomes(std::uint64_t position) const {
    return code_.outcomes(written(position), decoded(position));
  }
  /// Accesses counted by the caller.
  void count(const AccessCounts& accesses) { counts_ += accesses; }

 private:
  [[nodiscard]] Decoded decoded(std::uint64_t position) const {
    return code_.decode(data_.read(position), code_.is_none() ? 0 : check_.read(position));
  }
  [[nodiscard]] std::uint64_t word(std::uint64_t position) const {
    return code_.is_none() ? data_.read(position) : decoded(position).word;
  }

  GroupId id_;
  SramGeometry geometry_;
  WordCode code_;
  WordStore data_;
  WordStore check_;                     ///< of no words without a code
  std::vector<std::uint64_t> written_;  ///< empty unless remembered
  AccessCounts counts_;
};

}  // namespace brownout::memory
