// SPDX-License-Identifier: Apache-2.0
// The only place that catches, prints errors and picks exit codes: 0 fine, 2 bad usage or input,
// 3 simulation error, 4 the engines disagree.
#include <fmt/format.h>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <string>

#include "sim/cli/command.h"
#include "sim/core/edit_distance.h"
#include "sim/core/error.h"
#include "sim/sweep/version.h"

namespace {

using namespace brownout;

constexpr int kUnexpected = 3;

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

// The cycle engine's SystemC brings a main() of its own that expects sc_main; ours comes first.
int main(int argc, char** argv) {
  // SystemC prints a banner otherwise.
  ::setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);
  try {
    const int code = execute({argv + 1, argv + argc});
    std::cout.flush();
    if (!std::cout) throw InputError("brownout: cannot write to standard output");
    return code;
  } catch (const Error& error) {
    std::cerr << error.what() << "\n";
    return error.exit_code();
  } catch (const std::exception& error) {
    std::cerr << "brownout: unexpected error: " << error.what() << "\n";
    return kUnexpected;
  }
}
