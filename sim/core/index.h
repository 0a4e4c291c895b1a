// SPDX-License-Identifier: Apache-2.0
// Index types (layer 0): a macro number cannot be passed where a row is expected.
#pragma once

#include <cstddef>
#include <cstdint>

namespace brownout {

/// A zero-based position in one family of things. No arithmetic: compute on `.value()`.
template <class Tag, class Rep = std::uint32_t>
class Index {
 public:
  constexpr Index() = default;
  constexpr explicit Index(Rep value) : value_(value) {}

  [[nodiscard]] constexpr Rep value() const { return value_; }

  friend constexpr bool operator==(Index a, Index b) { return a.value_ == b.value_; }
  friend constexpr bool operator!=(Index a, Index b) { return a.value_ != b.value_; }
  friend constexpr bool operator<(Index a, Index b) { return a.value_ < b.value_; }

 private:
  Rep value_{};
};

using MacroId = Index<struct MacroTag>;
using RowId = Index<struct RowTag>;
using BitId = Index<struct BitTag>;
using LayerId = Index<struct LayerTag>;
using TensorId = Index<struct TensorTag>;
/// Word of an SRAM group, 0 .. words-1, counted over all its macros.
using WordId = Index<struct WordTag>;
/// A chip is a seed: all its cells follow from it.
using ChipId = Index<struct ChipTag, std::uint64_t>;

}  // namespace brownout
