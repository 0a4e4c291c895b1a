// SPDX-License-Identifier: Apache-2.0
// `brownout config`.
#include <iostream>

#include "accel/lowering.h"
#include "sim/cli/command.h"
#include "sim/cli/common_options.h"
#include "sim/cli/options.h"
#include "sim/sweep/experiment.h"

namespace brownout::cli {

int execute_config(const Arguments& arguments) {
  Options options("config check|show|schema CONFIG [options]",
                  "check:  says whether an experiment is complete and its parts fit\n"
                  "show:   prints it with includes, overrides and defaults filled in\n"
                  "schema: prints every key with unit, limits, default and meaning",
                  {{"check, show or schema"}, {"CONFIG"}});
  add_set_option(options);
  if (!options.parse(arguments)) return 0;
  const std::string& action = options.positionals()[0];
  const std::string& file = options.positionals()[1];
  if (action == "check") {
    const auto experiment = sweep::load_experiment(file, overrides(options), sweep::Purpose::kRun);
    static_cast<void>(accel::lower(experiment.graph, experiment.config.machine));
    std::cout << file << ": fine\n";
    return 0;
  }
  if (action != "show" && action != "schema") {
    options.fail("found '" + action + "', allowed: check, show or schema");
  }
  auto document = config::Document::load(file, overrides(options));
  static_cast<void>(sweep::read_experiment_config(document, sweep::Purpose::kRun));
  std::cout << (action == "show" ? document.resolved_yaml() : document.schema());
  return 0;
}

}  // namespace brownout::cli
