// SPDX-License-Identifier: Apache-2.0
#include "accel/fault_sources.h"

#include <utility>

#include "accel/own_cell_faults.h"
#include "accel/weight_map_faults.h"
#include "memory/chip_faults.h"

namespace brownout::accel {
namespace {

/// `faults`, with those of each layer's own cells where they are so mapped.
std::unique_ptr<memory::FaultSource> own_cells(const FaultContext& context, memory::GroupId group,
                                               std::unique_ptr<memory::FaultSource> faults) {
  const memory::FaultMapping mapping = context.machine.memory.faults.mapping;
  if (group != memory::GroupId::kFilter || mapping != memory::FaultMapping::kOwnCells) {
    return faults;
  }
  return std::make_unique<OwnCellFaults>(std::move(faults), context.program);
}

}  // namespace

std::unique_ptr<memory::FaultSource> make_fault_source(const FaultContext& context,
                                                       memory::GroupId group,
                                                       memory::Storage storage) {
  const memory::IbmRandomMap* map = context.chip.weight_map();
  if (map != nullptr && group == memory::GroupId::kFilter) {
    return std::make_unique<WeightMapFaults>(context, *map);
  }
  return own_cells(
      context, group,
      std::make_unique<memory::ChipFaults>(context.chip, group, storage, context.image));
}

std::unique_ptr<memory::FaultSource> make_check_source(const FaultContext& context,
                                                       memory::GroupId group,
                                                       memory::Storage storage) {
  if (context.chip.geometry(group).macro().check_bits == 0) return nullptr;
  return own_cells(context, group,
                   std::make_unique<memory::ChipFaults>(context.chip, group, storage, context.image,
                                                        memory::WordPart::kCheck));
}

bool changes_with_image(const Machine& machine) {
  const memory::FaultConfig& faults = machine.memory.faults;
  return faults.uses(memory::Mechanism::kRandomRead) ||
         faults.uses(memory::Mechanism::kRandomInversion) ||
         (faults.map && faults.map->is_random());
}

}  // namespace brownout::accel
