// SPDX-License-Identifier: Apache-2.0
// A fault map as a picture (layer 5): blocks side by side, words downwards, bits across, coloured
// by the voltage at which a cell fails first.
#pragma once

#include <string>

#include "memory/fault_map.h"
#include "sim/report/page_parts.h"

namespace brownout::report {

/// All blocks. Several words, and bits where need be, share a pixel, which shows the weakest of
/// their cells.
[[nodiscard]] Figure map_picture(const memory::FaultMap& map, const std::string& label);

/// The block with most failing cells at the lowest voltage, cell by cell where there is room.
[[nodiscard]] Figure worst_block_picture(const memory::FaultMap& map, const std::string& label);

}  // namespace brownout::report
