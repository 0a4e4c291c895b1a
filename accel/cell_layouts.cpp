// SPDX-License-Identifier: Apache-2.0
#include "accel/cell_layouts.h"

#include <fmt/format.h>

#include "accel/fault_rates.h"
#include "sim/core/error.h"

namespace brownout::accel {
namespace {

memory::CellLayout cell_layout(const Machine& machine, memory::GroupId group) {
  const BufferConfig& buffer = machine.accelerator.buffers[group];
  memory::CellLayout layout;
  layout.redundancy.rows = buffer.redundancy.rows;
  layout.redundancy.columns = buffer.redundancy.columns;
  if (!layout.redundancy.empty()) {
    layout.redundancy.tested =
        tested_rates(machine, machine.memory.ratio(buffer.redundancy.tested_at));
  }
  layout.interleave = buffer.interleave;
  if (machine.memory.macro.rows % layout.interleave != 0) {
    throw InputError(fmt::format("interleave: found {}, allowed: a divisor of the macro's {} rows",
                                 layout.interleave, machine.memory.macro.rows));
  }
  layout.safe_bits = buffer.safe_bits ? buffer.safe_bits->count : 0;
  return layout;
}

}  // namespace

memory::PerGroup<memory::CellLayout> cell_layouts(const Machine& machine) {
  memory::PerGroup<memory::CellLayout> layouts;
  for (const memory::GroupId group : memory::kGroups) {
    try {
      layouts[group] = cell_layout(machine, group);
    } catch (const InputError& error) {
      throw InputError(
          fmt::format("accelerator.buffers.{}: {}", memory::group_name(group), error.what()));
    }
  }
  return layouts;
}

}  // namespace brownout::accel
