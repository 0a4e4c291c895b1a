// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/command.h"

namespace brownout::cli {

const std::vector<Command>& commands() {
  static const std::vector<Command> kTable = {
      {"run", "simulate one operating point, on either engine or on both at once", execute_run},
      {"sweep", "step a rail through voltages on many chips, with a report", execute_sweep},
      {"trace", "write what happens in one inference, cycle by cycle", execute_trace},
      {"faults", "show, draw, compare and fit maps of failing cells", execute_faults},
      {"report", "rebuild report.html of results folders", execute_report},
      {"config", "check, show or explain a configuration", execute_config},
      {"model", "quantise, evaluate or inspect a network", execute_model},
      {"train", "train and quantise a network (needs libtorch)", execute_train}};
  return kTable;
}

}  // namespace brownout::cli
