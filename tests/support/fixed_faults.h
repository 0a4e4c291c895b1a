// SPDX-License-Identifier: Apache-2.0
// A buffer's failing cells as a test wants them: one mask as soon as any cell fails.
#pragma once

#include <utility>

#include "memory/fault_source.h"

namespace brownout::test_support {

class FixedFaults : public memory::FaultSource {
 public:
  explicit FixedFaults(memory::FaultMask mask, memory::HoldMask hold = {})
      : mask_(std::move(mask)), hold_(std::move(hold)) {}

  void set_rates(const memory::BufferRates& rates) override { failing_ = rates.own.total() > 0; }
  const memory::FaultMask& reading(std::uint32_t /*layer*/) override {
    return failing_ ? mask_ : none_;
  }
  const memory::HoldMask& holding() const override { return failing_ ? hold_ : all_hold_; }

 private:
  memory::FaultMask mask_;
  memory::HoldMask hold_;
  memory::FaultMask none_;
  memory::HoldMask all_hold_;
  bool failing_ = false;
};

}  // namespace brownout::test_support
