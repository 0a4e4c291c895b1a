// SPDX-License-Identifier: Apache-2.0
// What a buffer asks about its failing cells (layer 2): what reads and writes do at present.
#pragma once

#include <cstdint>
#include <vector>

#include "memory/fault_config.h"
#include "memory/fault_mask.h"

namespace brownout::memory {

/// Cells that do not hold what is written to them, as word masks; all hold when empty.
struct HoldMask {
  std::vector<std::uint64_t> held;       ///< writes leave what was there
  std::vector<std::uint64_t> lost;       ///< what is stored decays to the preferred state
  std::vector<std::uint64_t> preferred;  ///< states of both

  [[nodiscard]] bool empty() const { return held.empty(); }
};

/// Failing cells of one buffer while it works through the layers of one image.
class FaultSource {
 public:
  FaultSource() = default;
  virtual ~FaultSource() = default;
  FaultSource(const FaultSource&) = delete;
  FaultSource& operator=(const FaultSource&) = delete;

  /// The supply or the clock changed: these shares of cells fail from now on.
  virtual void set_rates(const BufferRates& rates) = 0;
  /// What reads for `layer` give: the word at fetch position p goes through the mask's word
  /// (p / word bytes) mod words(). Valid until rates change or two other layers were asked for.
  [[nodiscard]] virtual const FaultMask& reading(std::uint32_t layer) = 0;
  /// What becomes of stored words, by the buffer's words.
  [[nodiscard]] virtual const HoldMask& holding() const = 0;
};

}  // namespace brownout::memory
