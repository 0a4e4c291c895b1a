// SPDX-License-Identifier: Apache-2.0
// `brownout train` of a build without libtorch.
#include "sim/cli/command.h"
#include "sim/core/error.h"

namespace brownout::cli {

int execute_train(const Arguments&) {
  throw InputError(
      "brownout train: this build has no training; install Debian's package libtorch-dev and build "
      "again");
}

}  // namespace brownout::cli
