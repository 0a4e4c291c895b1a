// SPDX-License-Identifier: Apache-2.0
// Progress of long work on stderr (layer 5): one line rewritten in place on a terminal, a plain
// line every few seconds in a log.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "sim/sweep/runner.h"

namespace brownout::cli {

/// Text of one line: `12/91 points, 24,000/190,000 images, 4,312 images/s, 38 s left`.
[[nodiscard]] std::string progress_text(const sweep::Progress& progress, double seconds);

class ProgressLine {
 public:
  ProgressLine();
  /// Leaves the terminal on a fresh line.
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ProgressLine(ProgressLine&&) = delete;
  ProgressLine& operator=(ProgressLine&&) = delete;

  /// Cheap when the last update was a moment ago.
  void update(const sweep::Progress& progress);

 private:
  using Clock = std::chrono::steady_clock;

  bool terminal_;
  bool shown_ = false;
  std::chrono::milliseconds period_;
  std::optional<Clock::time_point> start_;  ///< the first update
  Clock::time_point next_;
};

}  // namespace brownout::cli
