// SPDX-License-Identifier: Apache-2.0
#include "accel/transfer_planner.h"

#include <algorithm>

#include "sim/core/error.h"

namespace brownout::accel {
namespace {

constexpr std::uint64_t kSegmentsPerBuffer = 4;

/// Whether some position of `a` and a different one of `b` share an address.
bool collide(const Extent& a, const Extent& b, std::uint64_t capacity) {
  if (a.empty() || b.empty()) return false;
  // b shifted down by n capacities overlaps a; n of either sign, but not 0.
  const auto c = static_cast<std::int64_t>(capacity);
  const auto floor_div = [c](std::int64_t x) { return x >= 0 ? x / c : -((-x + c - 1) / c); };
  const auto lowest =
      -floor_div(static_cast<std::int64_t>(a.end) - 1 - static_cast<std::int64_t>(b.begin));
  const auto highest =
      floor_div(static_cast<std::int64_t>(b.end) - 1 - static_cast<std::int64_t>(a.begin));
  return lowest < 0 || highest > 0;
}

}  // namespace

TransferPlanner::TransferPlanner(std::uint64_t capacity, std::uint64_t word_bytes,
                                 std::uint32_t first_step)
    : capacity_(capacity),
      word_bytes_(word_bytes),
      segment_(std::max(word_bytes, capacity / kSegmentsPerBuffer / word_bytes * word_bytes)),
      first_step_(first_step) {}

std::vector<Extent> TransferPlanner::missing(const Extent& need) {
  if (need.empty()) return {};
  const bool touches =
      !resident_.empty() && need.begin <= resident_.end && resident_.begin <= need.end;
  if (!touches) {
    resident_ = need;
    return {need};
  }
  std::vector<Extent> extents;
  if (need.begin < resident_.begin) {
    extents.push_back({need.begin, resident_.begin});
    resident_.begin = need.begin;
    resident_.end = std::min(resident_.end, resident_.begin + capacity_);
  }
  if (need.end > resident_.end) {
    extents.push_back({resident_.end, need.end});
    resident_.end = need.end;
    if (resident_.size() > capacity_) resident_.begin = resident_.end - capacity_;
  }
  return extents;
}

std::uint32_t TransferPlanner::last_conflict(const Extent& load) const {
  for (auto use = uses_.rbegin(); use != uses_.rend(); ++use) {
    if (collide(load, use->extent, capacity_)) return use->step + 1;
  }
  return first_step_;
}

std::vector<TransferPlanner::Request> TransferPlanner::require(std::uint32_t step, Extent need) {
  const Extent whole = need.aligned(word_bytes_);
  brownout::require(whole.size() <= capacity_, "a step's operand fits its buffer");
  std::vector<Request> requests;
  for (const Extent& extent : missing(whole)) {
    for (std::uint64_t begin = extent.begin; begin < extent.end; begin += segment_) {
      const Extent part{begin, std::min(extent.end, begin + segment_)};
      requests.push_back({part, last_conflict(part)});
    }
  }
  if (!whole.empty()) {
    // Equal needs in a row are one use, at its latest step.
    if (!uses_.empty() && uses_.back().extent == whole) uses_.pop_back();
    uses_.push_back({step, whole});
  }
  return requests;
}

}  // namespace brownout::accel
