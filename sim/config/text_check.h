// SPDX-License-Identifier: Apache-2.0
// What yaml-cpp would let pass or garble (layer 1, internal): broken UTF-8, control characters
// (it ends a file at byte 4), tabs as indentation.
#pragma once

#include <optional>
#include <string>

namespace brownout::config {

/// What is wrong with a text, and where, one-based.
struct TextProblem {
  int line = 1;
  int column = 1;
  std::string message;
};

/// The first problem of `text`, if any.
[[nodiscard]] std::optional<TextProblem> check_text(const std::string& text);

}  // namespace brownout::config
