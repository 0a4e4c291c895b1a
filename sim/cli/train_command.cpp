// SPDX-License-Identifier: Apache-2.0
// `brownout train`: hands over to the program beside this one that links libtorch. Loading that
// library takes most of a second, which no other command should pay.
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "sim/cli/command.h"
#include "sim/core/error.h"

namespace brownout::cli {

int execute_train(const Arguments& arguments) {
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  std::string program = (self.parent_path() / "brownout-train").string();
  if (error || !std::filesystem::exists(program, error)) {
    throw InputError(
        "brownout train: this build has no training; install Debian's package libtorch-dev and "
        "build again");
  }
  std::vector<std::string> words = arguments;
  std::vector<char*> pointers = {program.data()};
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  // Read when libgomp loads: spinning threads collapse on a machine that is shared.
  ::setenv("OMP_WAIT_POLICY", "PASSIVE", 0);
  ::execv(program.c_str(), pointers.data());
  throw SimulationError(program + ": cannot be started: " + std::system_category().message(errno));
}

}  // namespace brownout::cli
