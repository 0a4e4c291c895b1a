// SPDX-License-Identifier: Apache-2.0
// `brownout run`.
#include <fmt/format.h>

#include <filesystem>
#include <iostream>

#include "sim/cli/command.h"
#include "sim/cli/common_options.h"
#include "sim/cli/progress_line.h"
#include "sim/cli/run_text.h"
#include "sim/report/report.h"
#include "sim/sweep/layer_table.h"
#include "sim/sweep/manifest.h"
#include "sim/sweep/point_result.h"
#include "sim/sweep/results_folder.h"
#include "sim/sweep/single_run.h"
#include "sim/sweep/tables/tables_text.h"
#include "sim/sweep/untrained_run.h"

namespace brownout::cli {
namespace {

Options declare() {
  Options options("run CONFIG [options]",
                  "Simulates one operating point of CONFIG: accuracy on its first images, and "
                  "cycles, time and\nenergy of one image, layer by layer. An untrained network has "
                  "no accuracy; a CONFIG with\n`tables` prints published tables beside our own "
                  "figures.",
                  {{"CONFIG"}});
  add_set_option(options);
  options.value("engine", "NAME",
                "fast (default), cycle, or both: every layer output, logit and count of every "
                "image must then be equal, exit code 4 if not");
  options.value("images", "N", "the same as --set run.images=N");
  options.value("chip", "N", "the same as --set run.chip=N");
  options.value("out", "DIR", "also write a results folder");
  return options;
}

config::Overrides all_overrides(const Options& options) {
  config::Overrides all = overrides(options);
  if (const auto images = options.count("images", 1)) {
    all.push_back(fmt::format("run.images={}", *images));
  }
  if (const auto chip = options.count("chip", 0)) all.push_back(fmt::format("run.chip={}", *chip));
  return all;
}

sweep::SingleRun simulate(const sweep::Experiment& experiment, sweep::Engine engine) {
  ProgressLine progress;
  return sweep::run_single(experiment, engine,
                           [&](const sweep::Progress& now) { progress.update(now); });
}

void write_results(const std::string& path, const sweep::Experiment& experiment,
                   const sweep::SingleRun& run, const std::string& command) {
  const sweep::Point& point = run.result.point;
  sweep::ResultsFolder folder(path, sweep::OpenMode::kNew,
                              sweep::make_manifest(experiment, "run", run.result.engine, command),
                              {point});
  folder.write_layer_rows(
      sweep::layer_rows(run.cost, point.voltage, sweep::scale_sim_of(experiment)));
  folder.append(run.result);
  report::write_report(path);
}

/// For what has neither images nor chips.
void refuse_images(const Options& options, const char* what) {
  for (const char* name : {"engine", "images", "chip"}) {
    if (options.has(name)) {
      options.fail(fmt::format("found --{}, allowed: a configuration with a trained network; {}",
                               name, what));
    }
  }
}

int execute_untrained(const Options& options) {
  refuse_images(options, "this one is untrained: timing and energy only");
  const auto out = options.text("out");
  const auto untrained = sweep::run_untrained(options.positionals().front(), overrides(options));
  if (out) {
    std::filesystem::create_directories(*out);
    sweep::write_layers((std::filesystem::path(*out) / "layers.csv").string(),
                        sweep::layer_rows(untrained.run.cost, untrained.run.result.point.voltage,
                                          untrained.scale_sim()));
  }
  std::cout << untrained_text(untrained);
  return 0;
}

int execute_tables(const Options& options) {
  refuse_images(options, "this one reproduces tables");
  auto document = config::Document::load(options.positionals().front(), overrides(options));
  const auto config = sweep::read_tables_config(document);
  const auto tables = sweep::reproduce(config);
  if (const auto out = options.text("out")) sweep::write_tables(*out, tables);
  std::cout << sweep::tables_text(config, tables);
  return 0;
}

}  // namespace

int execute_run(const Arguments& arguments) {
  Options options = declare();
  if (!options.parse(arguments)) return 0;
  switch (sweep::config_kind(options.positionals().front(), overrides(options))) {
    case sweep::ConfigKind::kTables:
      return execute_tables(options);
    case sweep::ConfigKind::kUntrained:
      return execute_untrained(options);
    case sweep::ConfigKind::kExperiment:
      break;
  }
  const auto engine = static_cast<sweep::Engine>(options.choice("engine", sweep::engine_names()));
  const auto out = options.text("out");
  if (out) {
    sweep::require_no_results(*out);
    report::require_gnuplot();
  }
  const auto experiment = sweep::load_experiment(options.positionals().front(),
                                                 all_overrides(options), sweep::Purpose::kRun);
  const sweep::SingleRun run = simulate(experiment, engine);
  if (out) write_results(*out, experiment, run, command_line("run", arguments));
  std::cout << run_text(experiment, run);
  return 0;
}

}  // namespace brownout::cli
