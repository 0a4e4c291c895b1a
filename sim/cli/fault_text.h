// SPDX-License-Identifier: Apache-2.0
// What `brownout faults` prints (layer 5).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sim/report/faults/fault_report.h"
#include "sim/report/faults/fault_tables.h"

namespace brownout::cli {

/// What a reader of a comparison has to know beside its tables.
[[nodiscard]] std::vector<std::string> comparison_notes(const report::FaultReport& report,
                                                        const std::vector<double>& left_out);

/// Build, command and method, for pages.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> fault_provenance(
    const report::FaultReport& report, const std::string& command);

[[nodiscard]] std::string table_text(const report::WordTable& table);

/// Sides, rates, tests and verdict.
[[nodiscard]] std::string fault_text(const report::FaultReport& report);

}  // namespace brownout::cli
