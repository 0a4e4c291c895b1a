// SPDX-License-Identifier: Apache-2.0
// What a transaction did to the off-chip memory's banks (layer 3): an ignorable TLM-2.0 extension
// by which DramModule reports to whoever pays for it. Other memories leave it as it is, at zero.
#pragma once

#include <memory>
#include <tlm>

#include "memory/dram_channel.h"

namespace brownout::accel {

struct DramEvents : tlm::tlm_extension<DramEvents> {
  memory::DramCounts counts;

  [[nodiscard]] tlm::tlm_extension_base* clone() const override {
    return std::make_unique<DramEvents>(*this).release();  // TLM's payloads own their copies
  }
  void copy_from(const tlm::tlm_extension_base& other) override {
    counts = static_cast<const DramEvents&>(other).counts;
  }
};

}  // namespace brownout::accel
