// SPDX-License-Identifier: Apache-2.0
// `brownout report`.
#include <iostream>

#include "sim/cli/command.h"
#include "sim/cli/options.h"
#include "sim/report/report.h"
#include "sim/report/variant_report.h"
#include "sim/sweep/results_folder.h"
#include "sim/sweep/variant_table.h"

namespace brownout::cli {

int execute_report(const Arguments& arguments) {
  Options options("report DIR...",
                  "Rebuilds report.html of results folders, also of unfinished ones,\nand of "
                  "folders of variants.",
                  {{"DIR", true}});
  if (!options.parse(arguments)) return 0;
  for (const std::string& folder : options.positionals()) {
    if (std::filesystem::exists(std::filesystem::path(folder) / sweep::kVariantsFile)) {
      report::write_variant_report(folder);
    } else {
      report::write_report(folder);
    }
    std::cout << (std::filesystem::path(folder) / sweep::kReportFile).string() << "\n";
  }
  return 0;
}

}  // namespace brownout::cli
