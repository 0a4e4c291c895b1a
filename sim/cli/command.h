// SPDX-License-Identifier: Apache-2.0
// The commands of `brownout` (layer 5): one file each, all listed in commands.cpp.
#pragma once

#include <string>
#include <vector>

namespace brownout::cli {

using Arguments = std::vector<std::string>;

struct Command {
  const char* name;
  const char* summary;
  /// Takes what follows the command's name; returns the exit code. Throws brownout::Error.
  int (*execute)(const Arguments& arguments);
};

[[nodiscard]] const std::vector<Command>& commands();

int execute_run(const Arguments& arguments);
int execute_sweep(const Arguments& arguments);
int execute_trace(const Arguments& arguments);
int execute_faults(const Arguments& arguments);
int execute_report(const Arguments& arguments);
int execute_config(const Arguments& arguments);
int execute_model(const Arguments& arguments);
int execute_train(const Arguments& arguments);

}  // namespace brownout::cli
