// SPDX-License-Identifier: Apache-2.0
// What the blocks of a watched run report through (layer 3): it passes reports on to the
// RunObserver and turns fold time into cycles. Owned by whoever starts the run; the blocks hold a
// pointer in their RunContext, null in a run nobody watches.
//
// Fold time counts the cycles of a fold in the array, loading of stationary operands included, from
// 0; between two steps of a fold the array may stand still. An access belongs to a fold time that
// may lie in a step yet to come, or (in the block body) in one long past, so a fold's accesses are
// reported when it ends.
#pragma once

#include <cstdint>
#include <vector>

#include "accel/observer.h"

namespace brownout::accel {

/// Extent of a fold's products: element (row, column) multiplies in fold times
/// [start + row + column, start + row + column + stream).
struct FoldShape {
  std::uint32_t rows = 0;
  std::uint32_t cols = 0;
  std::uint64_t stream = 0;
  std::uint64_t start = 0;  ///< cycles of loading before
};

/// MACs of the fold before fold time `time`.
[[nodiscard]] std::uint64_t macs_before(const FoldShape& shape, std::uint64_t time);

class Probe {
 public:
  explicit Probe(RunObserver& observer) : observer_(observer) {}

  [[nodiscard]] RunObserver& observer() { return observer_; }

  void begin_fold(std::uint32_t layer, std::uint32_t fold, const FoldShape& shape,
                  std::uint64_t cycle);
  /// An access whose `cycle` is a fold time.
  void add_in_fold(const Access& access) { accesses_.push_back(access); }
  [[nodiscard]] Access& last_in_fold() { return accesses_.back(); }
  /// Vector operations on results that leave in fold time `time`.
  void add_vector_ops_in_fold(std::uint64_t time, std::uint64_t count) {
    vector_ops_.push_back({time, count});
  }
  /// Fold times [fold time so far, + cycles) are those from `cycle` on.
  void pass(std::uint64_t cycle, std::uint64_t cycles);
  /// Reports the fold, which leaves the array before `cycle`.
  void end_fold(std::uint64_t cycle);

  [[nodiscard]] std::uint64_t fold_time() const { return time_; }

 private:
  struct Segment {
    std::uint64_t time = 0;
    std::uint64_t cycle = 0;
    std::uint64_t cycles = 0;
  };
  struct VectorOps {
    std::uint64_t time = 0;
    std::uint64_t count = 0;
  };

  [[nodiscard]] std::uint64_t cycle_of(std::uint64_t time) const;
  void report_macs();

  RunObserver& observer_;
  std::uint32_t layer_ = 0;
  FoldShape shape_;
  std::uint64_t time_ = 0;
  std::vector<Segment> segments_;
  std::vector<Access> accesses_;
  std::vector<VectorOps> vector_ops_;
};

}  // namespace brownout::accel
