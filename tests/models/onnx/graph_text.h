// SPDX-License-Identifier: Apache-2.0
// A graph as text, every number exact, so that two graphs compare with a readable difference.
#pragma once

#include <string>

#include "models/graph.h"

namespace brownout::models {

[[nodiscard]] std::string text_of(const Operation& operation);
[[nodiscard]] std::string text_of(const Graph& graph);

/// The first line of two texts that differs, shortened around the place; empty when none does.
[[nodiscard]] std::string first_difference(const std::string& found, const std::string& expected);

}  // namespace brownout::models
