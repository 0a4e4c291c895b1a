// SPDX-License-Identifier: Apache-2.0
// The accelerator's buffers by operand (layer 2).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace brownout::memory {

/// Which of the accelerator's buffers a cell belongs to; part of the cell's random counter.
enum class GroupId : std::uint32_t { kIfmap = 0, kFilter = 1, kOfmap = 2 };

constexpr std::array<GroupId, 3> kGroups = {GroupId::kIfmap, GroupId::kFilter, GroupId::kOfmap};

[[nodiscard]] const char* group_name(GroupId group);

/// One value for each of the accelerator's buffers.
template <class T>
class PerGroup {
 public:
  PerGroup() = default;
  PerGroup(T ifmap, T filter, T ofmap)
      : values_{std::move(ifmap), std::move(filter), std::move(ofmap)} {}

  [[nodiscard]] T& operator[](GroupId group) { return values_[static_cast<std::size_t>(group)]; }
  [[nodiscard]] const T& operator[](GroupId group) const {
    return values_[static_cast<std::size_t>(group)];
  }
  friend bool operator==(const PerGroup& a, const PerGroup& b) { return a.values_ == b.values_; }

 private:
  std::array<T, 3> values_{};
};

}  // namespace brownout::memory
