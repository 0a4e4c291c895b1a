// SPDX-License-Identifier: Apache-2.0
// Collects what is wrong with a configuration (layer 1, internal), to report it all at once. Owned
// by DocumentState.
#pragma once

#include <string>
#include <vector>

#include "sim/config/tree.h"

namespace brownout::config {

class Diagnostics {
 public:
  /// A finding about the key `path`, or about the place as a whole when `path` is empty.
  void add(const Spot& spot, const std::string& path, const std::string& message);

  [[nodiscard]] bool empty() const { return findings_.empty(); }

  /// Throws one InputError with one line per finding in order of places, if there is any.
  void raise_if_any() const;

 private:
  struct Finding {
    Spot spot;
    std::string path;
    std::string message;
  };
  std::vector<Finding> findings_;
};

/// `text` in single quotes as an error message shows it: on one line, long ones cut.
[[nodiscard]] std::string quote(const std::string& text);

/// What stands there: `'abc'`, `nothing`, `a list`, `a mapping`.
[[nodiscard]] std::string describe(const Node& node);

/// `found X, allowed: Y[, did you mean 'Z'?]`; no question when `hint` is empty.
[[nodiscard]] std::string found_message(const std::string& found, const std::string& allowed,
                                        const std::string& hint = "");

/// `text` with control characters escaped, so that it stays one line.
[[nodiscard]] std::string one_line(const std::string& text);

/// `a, b or c`.
[[nodiscard]] std::string either(const std::vector<std::string>& words);

}  // namespace brownout::config
