// SPDX-License-Identifier: Apache-2.0
// Masks of whole layers, kept while they are in use (layer 3).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "memory/fault_mask.h"

namespace brownout::accel {

/// Of the last two layers asked for; reads of neighbours alternate where one ends and the next
/// begins.
class LayerMasks {
 public:
  void clear() {
    for (Entry& entry : entries_) entry.layer.reset();
  }

  /// The mask of `layer`, from `make()` where it is not there. Valid until another two are made.
  template <class Make>
  const memory::FaultMask& get(std::uint32_t layer, Make make) {
    for (const Entry& entry : entries_) {
      if (entry.layer == layer) return entry.mask;
    }
    Entry& entry = entries_[next_];
    next_ = 1 - next_;
    entry = {layer, make()};
    return entry.mask;
  }

 private:
  struct Entry {
    std::optional<std::uint32_t> layer;
    memory::FaultMask mask;
  };

  std::array<Entry, 2> entries_;
  std::size_t next_ = 0;  ///< to be made anew
};

}  // namespace brownout::accel
