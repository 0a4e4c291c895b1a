// SPDX-License-Identifier: Apache-2.0
// `brownout faults`: picks the action.
#include "sim/cli/faults_command.h"

#include <fmt/format.h>

#include <iostream>

#include "sim/cli/command.h"
#include "sim/core/edit_distance.h"
#include "sim/core/error.h"

namespace brownout::cli {
namespace {

void print_help() {
  std::cout << "Usage: brownout faults ACTION ...\n\n"
               "Maps of failing cells, measured or drawn, and models of them.\n\nActions\n";
  for (const Command& action : fault_actions()) {
    std::cout << fmt::format("  {:<10}{}\n", action.name, action.summary);
  }
  std::cout << "\n'brownout faults ACTION --help' explains an action.\n";
}

}  // namespace

const std::vector<Command>& fault_actions() {
  static const std::vector<Command> kTable = {
      {"show", "numbers, plots and pictures of a map or a model", execute_faults_show},
      {"draw", "write the failing cells of a model's chip as a map", execute_faults_draw},
      {"validate", "test a map or model against another, or for structure",
       execute_faults_validate},
      {"fit", "find the model's parameters from a map, and what it cannot explain",
       execute_faults_fit}};
  return kTable;
}

int execute_faults(const Arguments& arguments) {
  std::vector<std::string> known;
  if (arguments.empty()) {
    throw InputError("brownout faults: action is missing (see 'brownout faults --help')");
  }
  const std::string& name = arguments.front();
  if (name == "--help") {
    print_help();
    return 0;
  }
  for (const Command& action : fault_actions()) {
    if (name == action.name) return action.execute({arguments.begin() + 1, arguments.end()});
    known.emplace_back(action.name);
  }
  const auto nearest = nearest_name(name, known);
  throw InputError(fmt::format(
      "brownout faults: found '{}', allowed: {}{} (see 'brownout faults --help')", name,
      fmt::join(known, ", "), nearest ? fmt::format(", did you mean '{}'?", *nearest) : ""));
}

}  // namespace brownout::cli
