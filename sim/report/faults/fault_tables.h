// SPDX-License-Identifier: Apache-2.0
// The numbers of a report of faults (layer 5): for people, and as CSV and JSON for programs.
#pragma once

#include <string>
#include <vector>

#include "sim/report/faults/fault_report.h"

namespace brownout::report {

/// One row a test: effect of A, reference, p-value alone and corrected, verdict.
[[nodiscard]] WordTable verdict_table(const FaultReport& report);
/// One row a voltage: failing cells and their share with interval, of each side.
[[nodiscard]] WordTable rate_table(const FaultReport& report);

/// `12 of 13 tests accept at 5 %; rejected: columns`.
[[nodiscard]] std::string verdict_line(const FaultReport& report);

/// A p-value as people read it.
[[nodiscard]] std::string p_text(double p);

/// tests.csv and rates.csv.
[[nodiscard]] std::string tests_csv(const FaultReport& report);
[[nodiscard]] std::string rates_csv(const FaultReport& report);
/// All of it in one document.
[[nodiscard]] std::string report_json(const FaultReport& report);

}  // namespace brownout::report
