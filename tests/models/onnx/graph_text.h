// SPDX-License-Identifier: Apache-2.0
// A graph as text, every number exact, so that two graphs compare with a readable difference.
#pragma once

#include <string>

#include "models/graph.h"

namespace brownout::models {

[[nodiscard]] std::string text_of(const Operation& operation);
[[nodiscard]] std::string text_of(const Graph& graph);

}  // namespace brownout::models
