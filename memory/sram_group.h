// SPDX-License-Identifier: Apache-2.0
// One operand's buffer as plain data (layer 2): stored words, the failing cells in force, access
// counts. A read is where a stored bit becomes a wrong one. `accel` wraps it in a SystemC module.
#pragma once

#include <cstdint>
#include <vector>

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

/// Words indexed 0 .. geometry.words()-1; callers reduce fetch positions with word_of_position().
class SramGroup {
 public:
  SramGroup(GroupId id, const SramGeometry& geometry);

  [[nodiscard]] GroupId id() const { return id_; }
  [[nodiscard]] const SramGeometry& geometry() const { return geometry_; }
  [[nodiscard]] const AccessCounts& counts() const { return counts_; }

  /// The failing cells from now on; stored bits are kept.
  void set_faults(FaultMask mask) { faults_ = std::move(mask); }

  [[nodiscard]] std::uint64_t read(WordId word) {
    ++counts_.reads;
    return faults_.apply(word, stored_[word.value()]);
  }
  void write(WordId word, std::uint64_t value) {
    ++counts_.writes;
    stored_[word.value()] = value;
  }
  /// Accesses whose data nobody looks at (a run without payload).
  void count(const AccessCounts& accesses) { counts_ += accesses; }

 private:
  GroupId id_;
  SramGeometry geometry_;
  std::vector<std::uint64_t> stored_;
  FaultMask faults_;
  AccessCounts counts_;
};

}  // namespace brownout::memory
