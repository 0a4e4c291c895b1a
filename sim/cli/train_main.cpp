// SPDX-License-Identifier: Apache-2.0
// The program `brownout-train`: what `brownout train` starts.
#include <iostream>

#include "models/train/train_base.h"
#include "sim/cli/common_options.h"
#include "sim/cli/guard.h"
#include "sim/cli/options.h"
#include "sim/config/document.h"

namespace {

using namespace brownout;

int train(const cli::Arguments& arguments) {
  cli::Options options("train base CONFIG [options]",
                       "Trains a network, quantises it and writes it as ONNX with its log.",
                       {{"base"}, {"CONFIG"}});
  cli::add_set_option(options);
  options.flag("resume", "continue from the checkpoint");
  if (!options.parse(arguments)) return 0;
  if (options.positionals()[0] != "base") {
    options.fail("found '" + options.positionals()[0] + "', allowed: base");
  }
  auto document = config::Document::load(options.positionals()[1], cli::overrides(options));
  const auto config = models::read_train_base_config(document.root());
  document.finish();
  models::TrainOptions settings;
  settings.resume = options.has("resume");
  models::train_base(config, settings,
                     [](const std::string& line) { std::cerr << line << std::endl; });
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return cli::guarded([&] { return train({argv + 1, argv + argc}); });
}
