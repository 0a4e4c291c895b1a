// SPDX-License-Identifier: Apache-2.0
// `brownout model`.
#include <fmt/format.h>

#include <iostream>

#include "models/onnx/float_import.h"
#include "models/onnx/import.h"
#include "sim/cli/command.h"
#include "sim/cli/common_options.h"
#include "sim/cli/options.h"
#include "sim/config/document.h"
#include "sim/model/accuracy.h"
#include "sim/model/inspect.h"
#include "sim/model/quantize_network.h"

namespace brownout::cli {
namespace {

void quantize(const std::string& file, const std::vector<std::string>& overrides) {
  auto document = config::Document::load(file, overrides);
  const auto config = model::read_quantize_config(document.root());
  document.finish();
  const auto report = model::quantize_network(
      config, [](const std::string& line) { std::cerr << line << std::endl; });
  std::cout << model::report_text(report) << "\nwritten: " << config.output.string() << "\n";
}

/// Of the network and the images a configuration names: a float network's by float arithmetic.
void eval(const std::string& file, const std::vector<std::string>& overrides) {
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

}  // namespace

int execute_model(const Arguments& arguments) {
  Options options(
      "model quantize|eval CONFIG [options]\n       brownout model inspect NETWORK.onnx",
      "quantize: makes an integer network of a float one and reports on every layer\n"
      "eval:     accuracy of `network` on the `images` first images of `dataset`\n"
      "inspect:  shapes, products, parameters and stored bits of a quantised network",
      {{"quantize, eval or inspect"}, {"CONFIG or NETWORK.onnx"}});
  add_set_option(options);
  if (!options.parse(arguments)) return 0;
  const std::string& action = options.positionals()[0];
  const std::string& file = options.positionals()[1];
  if (action == "quantize") {
    quantize(file, overrides(options));
  } else if (action == "eval") {
    eval(file, overrides(options));
  } else if (action == "inspect") {
    std::cout << model::inspect_text(models::load_onnx(file));
  } else {
    options.fail("found '" + action + "', allowed: quantize, eval or inspect");
  }
  return 0;
}

}  // namespace brownout::cli
