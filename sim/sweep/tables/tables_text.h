// SPDX-License-Identifier: Apache-2.0
// Reproduced tables for people and for files (layer 5).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sim/sweep/tables/reproduction.h"

namespace brownout::sweep {

/// Every table with a line on how it agrees, and last a line on all of them.
[[nodiscard]] std::string tables_text(const TablesConfig& config,
                                      const std::vector<ReproducedTable>& tables);

/// Writes one CSV per table into `folder`, which is made if missing; each is whole or absent.
void write_tables(const std::filesystem::path& folder, const std::vector<ReproducedTable>& tables);

}  // namespace brownout::sweep
