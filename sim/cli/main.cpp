// SPDX-License-Identifier: Apache-2.0
// The program `brownout`: picks the command.
#include <fmt/format.h>

#include <cstdlib>
#include <iostream>
#include <string>

#include "sim/cli/command.h"
#include "sim/cli/guard.h"
#include "sim/core/edit_distance.h"
#include "sim/core/error.h"
#include "sim/sweep/version.h"

namespace {

using namespace brownout;

void print_help() {
  std::cout
      << "Brownout simulates DNN accelerators below their safe SRAM voltage: accuracy, cycles "
         "and energy\nof the same network on the same failing cells.\n\n"
         "Usage: brownout COMMAND ...\n\nCommands\n";
  for (const cli::Command& command : cli::commands()) {
    std::cout << fmt::format("  {:<8}{}\n", command.name, command.summary);
  }
  std::cout << "\n'brownout COMMAND --help' explains a command, 'brownout --version' says which "
               "build this is.\n";
}

int execute(const cli::Arguments& arguments) {
  if (arguments.empty()) throw InputError("brownout: command is missing (see 'brownout --help')");
  const std::string& name = arguments.front();
  if (name == "--help" || name == "-h" || name == "help") {
    print_help();
    return 0;
  }
  if (name == "--version") {
    std::cout << fmt::format("brownout {} ({})\n", sweep::version(), sweep::revision());
    return 0;
  }
  std::vector<std::string> known = {"--help", "--version"};
  for (const cli::Command& command : cli::commands()) {
    if (name == command.name) return command.execute({arguments.begin() + 1, arguments.end()});
    known.emplace_back(command.name);
  }
  const auto nearest = nearest_name(name, known);
  throw InputError(fmt::format("brownout: unknown command '{}'{} (see 'brownout --help')", name,
                               nearest ? fmt::format(", did you mean '{}'?", *nearest) : ""));
}

}  // namespace

int main(int argc, char** argv) {
  // SystemC prints a banner otherwise.
  ::setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);
  return cli::guarded([&] { return execute({argv + 1, argv + argc}); });
}
