// SPDX-License-Identifier: Apache-2.0
#include "accel/probe.h"

#include <algorithm>

#include "sim/core/error.h"

namespace brownout::accel {
namespace {

/// MACs are reported in pieces this long: evenly spread inside, exact from piece to piece.
constexpr std::uint64_t kPiece = 16;

/// Sum over x in [0, time) of the number of elements with row + column <= x: the MACs before `time`
/// if the stream never ended. Column c starts its rows at times c, c + 1, ..., c + rows - 1.
std::uint64_t started_before(std::uint64_t rows, std::uint64_t cols, std::uint64_t time) {
  std::uint64_t sum = 0;
  for (std::uint64_t column = 0; column < cols && column < time; ++column) {
    const std::uint64_t cycles = time - column;
    const std::uint64_t ramp = std::min(cycles, rows);
    sum += ramp * (ramp + 1) / 2 + (cycles - ramp) * rows;
  }
  return sum;
}

}  // namespace

std::uint64_t macs_before(const FoldShape& shape, std::uint64_t time) {
  if (time <= shape.start) return 0;
  const std::uint64_t streamed = time - shape.start;
  const std::uint64_t started = started_before(shape.rows, shape.cols, streamed);
  if (streamed <= shape.stream) return started;
  return started - started_before(shape.rows, shape.cols, streamed - shape.stream);
}

void Probe::begin_fold(std::uint32_t layer, std::uint32_t fold, const FoldShape& shape,
                       std::uint64_t cycle) {
  require(segments_.empty(), "one fold at a time");
  layer_ = layer;
  shape_ = shape;
  time_ = 0;
  observer_.on_fold_begin(layer, fold, cycle);
}

void Probe::pass(std::uint64_t cycle, std::uint64_t cycles) {
  segments_.push_back({time_, cycle, cycles});
  time_ += cycles;
}

std::uint64_t Probe::cycle_of(std::uint64_t time) const {
  require(time < time_, "an access lies within its fold");
  const auto after =
      std::upper_bound(segments_.begin(), segments_.end(), time,
                       [](std::uint64_t t, const Segment& segment) { return t < segment.time; });
  const Segment& segment = *std::prev(after);
  return segment.cycle + (time - segment.time);
}

void Probe::report_macs() {
  std::uint64_t done = 0;
  for (const Segment& segment : segments_) {
    for (std::uint64_t begin = 0; begin < segment.cycles; begin += kPiece) {
      const std::uint64_t end = std::min(segment.cycles, begin + kPiece);
      const std::uint64_t until = macs_before(shape_, segment.time + end);
      observer_.on_operations(
          {layer_, segment.cycle + begin, segment.cycle + end, until - done, 0});
      done = until;
    }
  }
}

void Probe::end_fold(std::uint64_t cycle) {
  report_macs();
  for (const VectorOps& ops : vector_ops_) {
    const std::uint64_t at = cycle_of(ops.time);
    observer_.on_operations({layer_, at, at + 1, 0, ops.count});
  }
  // By time and port: how many cycles a wake carries out together shall not show.
  std::stable_sort(accesses_.begin(), accesses_.end(), [](const Access& a, const Access& b) {
    return a.cycle != b.cycle ? a.cycle < b.cycle : a.port < b.port;
  });
  for (Access access : accesses_) {
    access.cycle = cycle_of(access.cycle);
    observer_.on_access(access);
  }
  vector_ops_.clear();
  accesses_.clear();
  segments_.clear();
  observer_.on_fold_end(cycle);
}

}  // namespace brownout::accel
