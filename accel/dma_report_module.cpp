// SPDX-License-Identifier: Apache-2.0
// What the DMA engine tells who watches; the rest of DmaModule is in its own file.
#include <algorithm>

#include "accel/dma_module.h"

namespace brownout::accel {

using memory::GroupId;

void DmaModule::report_transfer() {
  if (context_.probe == nullptr) return;
  RunObserver& observer = context_.probe->observer();
  transfer_.end = period_.now().count();
  const bool is_store = transfer_.group == GroupId::kOfmap;
  const SramInterface& buffer = *(is_store                              ? ofmap
                                  : transfer_.group == GroupId::kFilter ? filter
                                                                        : ifmap)
                                     .
                                     operator->();
  const std::uint64_t count = moved_.size();
  const std::uint64_t cycles = std::max<std::uint64_t>(1, transfer_.end - transfer_.begin);
  const std::uint64_t ports =
      std::max<std::uint64_t>(buffer.geometry().banks(), (count + cycles - 1) / cycles);
  for (std::uint64_t i = 0; i < count; ++i) {
    Access& access = moved_[i];
    const std::uint64_t place = is_store ? i : count - 1 - i;
    access.kind = is_store ? AccessKind::kRead : AccessKind::kWrite;
    access.layer = transfer_.layer;
    access.port = static_cast<std::uint32_t>(place % ports);
    access.cycle = transfer_.begin + (is_store ? place / ports : cycles - 1 - place / ports);
    observer.on_access(access);
  }
  moved_.clear();
  observer.on_transfer_end(transfer_);
}

}  // namespace brownout::accel
