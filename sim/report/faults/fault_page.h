// SPDX-License-Identifier: Apache-2.0
// The page of a report of faults and the folder it goes to (layer 5).
#pragma once

#include <filesystem>
#include <string>

#include "sim/report/faults/fault_report.h"

namespace brownout::report {

/// One HTML page without links. Starts gnuplot.
[[nodiscard]] std::string fault_page(const FaultReport& report);

/// report.html, tests.csv where tested, rates.csv and report.json into `folder`, which is made when
/// missing. Throws InputError when they cannot be written.
void write_fault_report(const FaultReport& report, const std::filesystem::path& folder);

}  // namespace brownout::report
