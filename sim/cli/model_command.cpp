// SPDX-License-Identifier: Apache-2.0
// `brownout model`.
#include <fmt/format.h>

#include <filesystem>
#include <iostream>
#include <memory>

#include "models/onnx/float_import.h"
#include "models/onnx/import.h"
#include "sim/cli/command.h"
#include "sim/cli/common_options.h"
#include "sim/cli/options.h"
#include "sim/cli/progress_line.h"
#include "sim/config/document.h"
#include "sim/model/accuracy.h"
#include "sim/model/inspect.h"
#include "sim/model/quantize_network.h"
#include "sim/report/report.h"
#include "sim/report/sensitivity_report.h"
#include "sim/sweep/channel_errors.h"
#include "sim/sweep/experiment.h"
#include "sim/sweep/sensitivity.h"

namespace brownout::cli {
namespace {

void quantize(const std::string& file, const config::Overrides& overrides) {
  auto document = config::Document::load(file, overrides);
  const auto config = model::read_quantize_config(document.root());
  document.finish();
  const auto report = model::quantize_network(
      config, [](const std::string& line) { std::cerr << line << std::endl; });
  std::cout << model::report_text(report) << "\nwritten: " << config.output.string() << "\n";
}

/// Of the network and the images a configuration names: a float network's by float arithmetic.
void eval(const std::string& file, const config::Overrides& overrides) {
  auto document = config::Document::load(file, overrides);
  config::Section root = document.root();
  const auto network = root.path("network", "float or quantised network, an ONNX file");
  const auto choice = model::read_images(root, 0);
  document.finish();
  const auto dataset = models::load_dataset(choice.dataset);
  const std::size_t images = choice.images == 0 ? dataset.size() : choice.images;
  ThreadPool pool;
  const bool is_float = models::is_float_onnx(network);
  const model::Score score =
      is_float ? model::float_score(models::load_float_onnx(network), dataset, images, pool)
               : model::integer_score(models::load_onnx(network), dataset, images, pool);
  const Interval interval = score.interval();
  std::cout << fmt::format(
      "{} ({}): {:.2f} %, {} of {} images of {}, 95 % confidence {:.2f} to {:.2f} %\n",
      network.filename().string(), is_float ? "float" : "integers", 100 * score.share(),
      score.correct, score.images, dataset.name, 100 * interval.lower, 100 * interval.upper);
}

/// An experiment's layers: what each costs when it alone is faulty, or what becomes of its
/// channels.
void inspect_experiment(const Options& options) {
  const std::string& file = options.positionals()[1];
  const auto folder = options.text("out");
  const std::size_t jobs = options.count("jobs", 1).value_or(0);
  const bool channels = options.has("channels");
  if (folder && !channels) report::require_gnuplot();
  const auto experiment = sweep::load_experiment(file, overrides(options), sweep::Purpose::kSweep);
  auto progress = std::make_unique<ProgressLine>();
  const auto observe = [&](const sweep::Progress& now) { progress->update(now); };
  const auto finish = [&](const auto& measured, auto write, const char* name) {
    progress.reset();
    std::cout << model::inspect_text(measured);
    if (!folder) return;
    write(measured, *folder);
    std::cout << "\nwritten: " << (std::filesystem::path(*folder) / name).string() << "\n";
  };
  if (channels) {
    finish(sweep::measure_channel_errors(experiment, jobs, observe), report::write_channel_errors,
           report::kChannelTable);
  } else {
    finish(sweep::measure_sensitivities(experiment, jobs, observe), report::write_sensitivities,
           report::kSensitivityPlot);
  }
}

/// Of a network by itself, or of an experiment.
void inspect(const Options& options) {
  const std::string& file = options.positionals()[1];
  if (std::filesystem::path(file).extension() != ".onnx") return inspect_experiment(options);
  for (const char* name : {"out", "channels"}) {
    if (options.has(name)) {
      options.fail(fmt::format("--{}: found with a network, allowed: with an experiment", name));
    }
  }
  std::cout << model::inspect_text(models::load_onnx(file));
}

}  // namespace

int execute_model(const Arguments& arguments) {
  Options options(
      "model quantize|eval|inspect CONFIG [options]\n       brownout model inspect NETWORK.onnx",
      "quantize: makes an integer network of a float one and reports on every layer\n"
      "eval:     accuracy of `network` on the `images` first images of `dataset`\n"
      "inspect:  shapes, products, parameters and stored bits of a quantised network; of an "
      "experiment also\n          the accuracy lost when one layer alone runs at its sweep's "
      "voltages, or with\n          --channels what these do to the sums of output channels",
      {{"quantize, eval or inspect"}, {"CONFIG or NETWORK.onnx"}});
  add_set_option(options);
  options.flag("channels", "inspect: errors of output channels in place of lost accuracy");
  options.value("out", "DIR", "inspect: folder for the table as CSV, and of accuracy a plot");
  options.value("jobs", "N", "inspect: threads, by default one per core");
  if (!options.parse(arguments)) return 0;
  const std::string& action = options.positionals()[0];
  const std::string& file = options.positionals()[1];
  for (const char* name : {"channels", "jobs", "out"}) {
    if (action == "inspect" || !options.has(name)) continue;
    options.fail(fmt::format("--{}: found with {}, allowed: with inspect", name, action));
  }
  if (action == "quantize") {
    quantize(file, overrides(options));
  } else if (action == "eval") {
    eval(file, overrides(options));
  } else if (action == "inspect") {
    inspect(options);
  } else {
    options.fail("found '" + action + "', allowed: quantize, eval or inspect");
  }
  return 0;
}

}  // namespace brownout::cli
