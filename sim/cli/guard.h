// SPDX-License-Identifier: Apache-2.0
// What every main() does around its work (layer 5): the only place that catches, prints errors and
// picks exit codes. 0 fine, 2 bad usage or input, 3 simulation error, 4 the engines disagree.
#pragma once

#include <functional>

namespace brownout::cli {

[[nodiscard]] int guarded(const std::function<int()>& work);

}  // namespace brownout::cli
