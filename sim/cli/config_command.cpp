// SPDX-License-Identifier: Apache-2.0
// `brownout config`.
#include <iostream>

#include "accel/lowering.h"
#include "sim/cli/command.h"
#include "sim/cli/common_options.h"
#include "sim/cli/options.h"
#include "sim/core/error.h"
#include "sim/sweep/experiment.h"
#include "sim/sweep/tables/published.h"
#include "sim/sweep/tables/tables_config.h"

namespace brownout::cli {

namespace {

/// Reads everything the file names and lowers its networks.
void check(const std::string& file, const config::Overrides& overrides) {
  const auto kind = sweep::config_kind(file, overrides);
  if (kind == sweep::ConfigKind::kExperiment) {
    const auto experiment = sweep::load_experiment(file, overrides, sweep::Purpose::kRun);
    static_cast<void>(accel::lower(experiment.graph, experiment.config.machine));
    for (const sweep::Variant& variant : experiment.config.variants) {
      try {
        static_cast<void>(
            sweep::load_experiment(file, sweep::with(overrides, variant), sweep::Purpose::kSweep));
      } catch (const InputError& error) {
        throw InputError("variant '" + variant.name + "': " + error.what());
      }
    }
    return;
  }
  auto document = config::Document::load(file, overrides);
  if (kind == sweep::ConfigKind::kTables) {
    const auto config = sweep::read_tables_config(document);
    static_cast<void>(sweep::PublishedTables(config.tables.published));
    return;
  }
  const auto config = sweep::read_experiment_config(document, sweep::Purpose::kRun);
  for (const models::Graph& graph : sweep::make_untrained_graphs(config.network)) {
    static_cast<void>(accel::lower(graph, config.machine));
  }
}

}  // namespace

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
    check(file, overrides(options));
    std::cout << file << ": fine\n";
    return 0;
  }
  if (action != "show" && action != "schema") {
    options.fail("found '" + action + "', allowed: check, show or schema");
  }
  auto document = config::Document::load(file, overrides(options));
  if (sweep::config_kind(file, overrides(options)) == sweep::ConfigKind::kTables) {
    static_cast<void>(sweep::read_tables_config(document));
  } else {
    static_cast<void>(sweep::read_experiment_config(document, sweep::Purpose::kRun));
  }
  std::cout << (action == "show" ? document.resolved_yaml() : document.schema());
  return 0;
}

}  // namespace brownout::cli
