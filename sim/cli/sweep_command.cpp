// SPDX-License-Identifier: Apache-2.0
// `brownout sweep`.
#include <fmt/format.h>

#include <iostream>

#include "sim/cli/command.h"
#include "sim/cli/common_options.h"
#include "sim/cli/progress_line.h"
#include "sim/report/report.h"
#include "sim/sweep/manifest.h"
#include "sim/sweep/results_folder.h"
#include "sim/sweep/runner.h"
#include "sim/sweep/summary.h"
#include "sim/sweep/wording.h"

namespace brownout::cli {
namespace {

constexpr std::size_t kMostJobs = 1024;

Options declare() {
  Options options("sweep CONFIG [options]",
                  "Steps a rail through the voltages of CONFIG on all its chips, keeps every "
                  "finished point in\nthe results folder and prints accuracy and energy against "
                  "voltage.",
                  {{"CONFIG"}});
  add_set_option(options);
  options.value("out", "DIR", "results folder, by default out/NAME of NAME.yaml");
  options.value("jobs", "N", "threads, by default one per core; results do not depend on it");
  options.value("engine", "NAME", "fast, the only one that sweeps");
  options.flag("resume", "continue an interrupted sweep of the same folder");
  return options;
}

void check_engine(const Options& options) {
  const auto engine = options.text("engine");
  if (!engine || *engine == "fast") return;
  options.fail(
      fmt::format("--engine: found '{}', allowed: fast; 'brownout run --engine both' "
                  "compares the engines",
                  *engine));
}

/// Says that the reference is not nominal for everything, when it is not.
std::string lowered_rails(const sweep::ExperimentConfig& config) {
  std::string text;
  for (const auto& [rail, voltage] : config.rails.rails()) {
    if (rail == config.sweep->rail || voltage == config.machine.memory.curve.reference()) continue;
    text += fmt::format("{}{} {:.4g} Vmin", text.empty() ? "" : ", ", rail, voltage.count());
  }
  return text.empty() ? "" : "below Vmin throughout, the reference too: " + text + "\n";
}

std::string headline(const sweep::Experiment& experiment, const sweep::Results& results) {
  const auto& sweep = *experiment.config.sweep;
  const auto& machine = experiment.config.machine;
  std::string text = fmt::format(
      "{} on {} with {} memory: rail '{}' of {} chip{}, {} images each\n", experiment.network_name,
      machine.accelerator.name, machine.memory.name, sweep.rail, sweep.chips,
      sweep.chips == 1 ? "" : "s", sweep::thousands(sweep.images));
  text += lowered_rails(experiment.config);
  const auto nominal = sweep::summarize(results.points).nominal;
  if (!nominal) return text;
  const Interval interval = nominal->interval();
  const sweep::EnergyUnit unit = sweep::energy_unit(nominal->total_energy());
  return text + fmt::format(
                    "reference at {:.4g} Vmin: accuracy {} % (95 % interval {} to {} %, {} "
                    "images), {} and {} {} per image\n",
                    nominal->point.voltage.count(), sweep::percent(nominal->accuracy(), 2),
                    sweep::percent(interval.lower, 2), sweep::percent(interval.upper, 2),
                    sweep::thousands(nominal->point.images), sweep::time_text(nominal->time),
                    unit.text(nominal->total_energy()), unit.name);
}

}  // namespace

int execute_sweep(const Arguments& arguments) {
  Options options = declare();
  if (!options.parse(arguments)) return 0;
  check_engine(options);
  const std::size_t jobs = options.count("jobs", 1).value_or(0);
  if (jobs > kMostJobs) {
    options.fail(fmt::format("--jobs: found {}, allowed: 1 to {}", jobs, kMostJobs));
  }
  const std::string config = options.positionals().front();
  const std::filesystem::path folder_path = results_folder(options, config);
  const bool resume = options.has("resume");
  // Before minutes of loading and simulating, not after.
  if (!resume) sweep::require_no_results(folder_path);
  report::require_gnuplot();

  const auto experiment =
      sweep::load_experiment(config, overrides(options), sweep::Purpose::kSweep);
  const sweep::SweepPlan plan = sweep::plan_sweep(experiment);
  const auto manifest =
      sweep::make_manifest(experiment, "sweep", "fast", command_line("sweep", arguments));
  {
    sweep::ResultsFolder folder(folder_path,
                                resume ? sweep::OpenMode::kResume : sweep::OpenMode::kNew, manifest,
                                plan.points);
    if (folder.size() > 0) {
      std::cerr << fmt::format("{}: {} of {} points are already there\n", folder_path.string(),
                               folder.size(), plan.points.size());
    }
    ProgressLine progress;
    sweep::run_sweep(experiment, plan, folder, jobs,
                     [&](const sweep::Progress& now) { progress.update(now); });
    report::write_report(folder_path);
  }
  const sweep::Results results = sweep::read_results(folder_path);
  std::cout << headline(experiment, results) << "\n"
            << sweep::summary_table(sweep::summarize(results.points))
            << "\nReport: " << (folder_path / sweep::kReportFile).string() << "\n";
  return 0;
}

}  // namespace brownout::cli
