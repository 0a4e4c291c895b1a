// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/guard.h"

#include <exception>
#include <iostream>

#include "sim/core/error.h"

namespace brownout::cli {

int guarded(const std::function<int()>& work) {
  constexpr int kUnexpected = 3;
  try {
    const int code = work();
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

}  // namespace brownout::cli
