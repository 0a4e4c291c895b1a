// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/progress_line.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <iostream>

#include "sim/sweep/wording.h"

namespace brownout::cli {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTerminalPeriod{100};
constexpr milliseconds kLogPeriod{5000};

std::string duration_text(double seconds) {
  const auto whole = static_cast<std::uint64_t>(std::ceil(seconds));
  if (whole < 100) return fmt::format("{} s", whole);
  if (whole < 6000) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
}

/// Images a second with three digits: the cycle engine does less than one.
std::string rate_text(double rate) {
  return rate < 100 ? fmt::format("{:.3g}", rate)
                    : sweep::thousands(static_cast<std::uint64_t>(std::llround(rate)));
}

}  // namespace

std::string progress_text(const sweep::Progress& progress, double seconds) {
  using sweep::thousands;
  std::string text;
  if (progress.points > 1) {
    text = fmt::format("{}/{} points, ", progress.points_done, progress.points);
  }
  text += fmt::format("{}/{} images", thousands(progress.images_done), thousands(progress.images));
  if (progress.images_done == 0 || seconds <= 0) return text;
  const double rate = static_cast<double>(progress.images_done) / seconds;
  const double left = static_cast<double>(progress.images - progress.images_done) / rate;
  return text + fmt::format(", {} images/s, {} left", rate_text(rate), duration_text(left));
}

ProgressLine::ProgressLine()
    : terminal_(::isatty(STDERR_FILENO) != 0), period_(terminal_ ? kTerminalPeriod : kLogPeriod) {}

ProgressLine::~ProgressLine() {
  if (shown_ && terminal_) std::cerr << "\r\033[K" << std::flush;
}

void ProgressLine::update(const sweep::Progress& progress) {
  const Clock::time_point now = Clock::now();
  if (!start_) {  // loading and lowering are no part of the rate
    start_ = now;
    next_ = now + period_;
  }
  if (now < next_) return;
  next_ = now + period_;
  shown_ = true;
  const double seconds = std::chrono::duration<double>(now - *start_).count();
  const std::string text = progress_text(progress, seconds);
  // \033[K clears what a longer line left behind.
  std::cerr << (terminal_ ? "\r" + text + "\033[K" : text + "\n") << std::flush;
}

}  // namespace brownout::cli
