// SPDX-License-Identifier: Apache-2.0
// `brownout sweep`.
#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <utility>

#include "sim/cli/command.h"
#include "sim/cli/common_options.h"
#include "sim/cli/progress_line.h"
#include "sim/core/error.h"
#include "sim/report/report.h"
#include "sim/report/variant_report.h"
#include "sim/sweep/equal_energy.h"
#include "sim/sweep/generator_text.h"
#include "sim/sweep/manifest.h"
#include "sim/sweep/results_folder.h"
#include "sim/sweep/runner.h"
#include "sim/sweep/summary.h"
#include "sim/sweep/variant_table.h"
#include "sim/sweep/variant_text.h"
#include "sim/sweep/wording.h"

namespace brownout::cli {
namespace {

constexpr std::size_t kMostJobs = 1024;

Options declare() {
  Options options("sweep CONFIG [options]",
                  "Steps a rail through the voltages of CONFIG on all its chips, keeps every "
                  "finished point in\nthe results folder and prints accuracy and energy against "
                  "voltage.\nWith `variants` in CONFIG, one sweep for each in a folder of its "
                  "name, and a joint table and report.",
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
std::string lowered_rails(const sweep::Experiment& experiment) {
  const sweep::ExperimentConfig& config = experiment.config;
  const auto first = experiment.stage ? experiment.stage->layers_on_array() : 0;
  const accel::OperatingPoint own = config.rails.at_layer(first);
  std::string text;
  for (const auto& [rail, voltage] : own.rails()) {
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
  text += lowered_rails(experiment);
  const auto nominal = sweep::summarize(results.points).nominal;
  if (!nominal) return text;
  text += sweep::generator_text(*nominal);
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

/// One sweep into one folder.
struct Job {
  std::string config;
  config::Overrides overrides;
  std::filesystem::path folder;
  bool resume = false;
  std::size_t jobs = 0;
  std::string command;
};

struct Swept {
  sweep::Experiment experiment;
  sweep::Results results;
};

Swept simulate(const Job& job) {
  auto experiment = sweep::load_experiment(job.config, job.overrides, sweep::Purpose::kSweep);
  const sweep::SweepPlan plan = sweep::plan_sweep(experiment);
  const auto manifest = sweep::make_manifest(experiment, "sweep", "fast", job.command);
  sweep::ResultsFolder folder(job.folder,
                              job.resume ? sweep::OpenMode::kResume : sweep::OpenMode::kNew,
                              manifest, plan.points);
  if (folder.size() > 0) {
    std::cerr << fmt::format("{}: {} of {} points are already there\n", job.folder.string(),
                             folder.size(), plan.points.size());
  }
  ProgressLine progress;
  sweep::run_sweep(experiment, plan, folder, job.jobs,
                   [&](const sweep::Progress& now) { progress.update(now); });
  report::write_report(job.folder);
  return {std::move(experiment), sweep::read_results(job.folder)};
}

void sweep_once(const Job& job) {
  const Swept swept = simulate(job);
  std::cout << headline(swept.experiment, swept.results) << "\n"
            << sweep::summary_table(sweep::summarize(swept.results.points));
}

Job job_of(const Job& all, const sweep::Variant& variant) {
  Job job = all;
  job.overrides = sweep::with(all.overrides, variant);
  job.folder = all.folder / variant.name;
  return job;
}

/// Calls `use` of a variant; what is wrong then names it.
template <class Use>
auto of_variant(const Job& all, const sweep::Variant& variant, Use use) {
  try {
    return use(job_of(all, variant));
  } catch (const InputError& error) {
    throw InputError(fmt::format("variant '{}': {}", variant.name, error.what()));
  }
}

/// One variant after the other, each in its own folder; after each the joint table and report.
/// Every one is loaded before the first is simulated: what is wrong with the last is said at once.
void sweep_variants(const Job& all, const std::vector<sweep::Variant>& variants) {
  for (const sweep::Variant& variant : variants) {
    of_variant(all, variant, [](const Job& job) {
      if (!job.resume) sweep::require_no_results(job.folder);
      static_cast<void>(sweep::load_experiment(job.config, job.overrides, sweep::Purpose::kSweep));
    });
  }
  std::vector<sweep::VariantPoint> points;
  for (std::size_t i = 0; i < variants.size(); ++i) {
    std::cerr << fmt::format("variant {} of {}: {}\n", i + 1, variants.size(), variants[i].name);
    const Swept swept = of_variant(all, variants[i], simulate);
    auto some = sweep::variant_points(variants[i].name, sweep::summarize(swept.results.points),
                                      swept.experiment.config.machine);
    const auto& stage = swept.experiment.stage;
    if (stage && stage->placement() == fuse::Placement::kDedicated) {
      const std::uint64_t more = sweep::buffer_bits(stage->setup.machine);
      for (sweep::VariantPoint& point : some) point.buffer_bits += more;
    }
    points.insert(points.end(), some.begin(), some.end());
    sweep::mark_pareto(points);
    sweep::write_variants((all.folder / sweep::kVariantsFile).string(), points);
    report::write_variant_report(all.folder);
    if (i == 0) std::cout << headline(swept.experiment, swept.results) << "\n";
  }
  std::cout << sweep::variants_text(points);
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
  const std::string& config = options.positionals().front();
  const Job job{config,
                overrides(options),
                results_folder(options, config),
                options.has("resume"),
                jobs,
                command_line("sweep", arguments)};
  // Before minutes of loading and simulating, not after.
  if (!job.resume) sweep::require_no_results(job.folder);
  report::require_gnuplot();
  auto document = config::Document::load(config, job.overrides);
  const auto variants = sweep::read_experiment_config(document, sweep::Purpose::kRun).variants;
  if (variants.empty()) {
    sweep_once(job);
  } else {
    sweep_variants(job, variants);
  }
  std::cout << "\nReport: " << (job.folder / sweep::kReportFile).string() << "\n";
  return 0;
}

}  // namespace brownout::cli
