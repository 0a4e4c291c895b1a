// SPDX-License-Identifier: Apache-2.0
// `brownout train`.
#include "models/train/train_base.h"

#include <iostream>

#include "sim/cli/command.h"
#include "sim/cli/common_options.h"
#include "sim/cli/options.h"
#include "sim/config/document.h"

namespace brownout::cli {

int execute_train(const Arguments& arguments) {
  Options options("train base CONFIG [options]",
                  "Trains a network, quantises it and writes it as ONNX with its log.",
                  {{"base"}, {"CONFIG"}});
  add_set_option(options);
  options.flag("resume", "continue from the checkpoint");
  if (!options.parse(arguments)) return 0;
  if (options.positionals()[0] != "base") {
    options.fail("found '" + options.positionals()[0] + "', allowed: base");
  }
  auto document = config::Document::load(options.positionals()[1], overrides(options));
  const auto config = models::read_train_base_config(document.root());
  document.finish();
  models::TrainOptions train;
  train.resume = options.has("resume");
  models::train_base(config, train,
                     [](const std::string& line) { std::cerr << line << std::endl; });
  return 0;
}

}  // namespace brownout::cli
