// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/common_options.h"

namespace brownout::cli {

void add_set_option(Options& options) {
  options.values("set", "KEY=VALUE",
                 "change a key of the configuration, e.g. sweep.chips=3; may be repeated");
}

config::Overrides overrides(const Options& options) {
  const std::vector<std::string> texts = options.texts("set");
  return {texts.begin(), texts.end()};
}

std::filesystem::path results_folder(const Options& options, const std::string& config) {
  if (const auto folder = options.text("out")) return *folder;
  return std::filesystem::path("out") / std::filesystem::path(config).stem();
}

std::string command_line(const char* command, const Arguments& arguments) {
  std::vector<std::string> words = {"brownout", command};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return shell_line(words);
}

}  // namespace brownout::cli
