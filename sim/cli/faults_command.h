// SPDX-License-Identifier: Apache-2.0
// The actions of `brownout faults` (layer 5): one file each, all listed in faults_command.cpp.
#pragma once

#include <vector>

#include "sim/cli/command.h"

namespace brownout::cli {

[[nodiscard]] const std::vector<Command>& fault_actions();

int execute_faults_draw(const Arguments& arguments);
int execute_faults_fit(const Arguments& arguments);
int execute_faults_show(const Arguments& arguments);
int execute_faults_validate(const Arguments& arguments);

}  // namespace brownout::cli
