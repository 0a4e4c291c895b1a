// SPDX-License-Identifier: Apache-2.0
// From a configured buffer to how it uses its cells (layer 3).
#pragma once

#include "accel/accelerator_config.h"
#include "memory/cell_layout.h"
#include "memory/chip.h"

namespace brownout::accel {

/// How each buffer uses its cells. The test of redundancy.tested_at sees what fails at that voltage
/// by the memory's curve as measured, without temperature and ageing, and, where cells can be too
/// slow, at the configured clock. Throws InputError naming the buffer when a voltage is off the
/// curve or the interleaving does not divide its macros.
[[nodiscard]] memory::PerGroup<memory::CellLayout> cell_layouts(const Machine& machine);

}  // namespace brownout::accel
