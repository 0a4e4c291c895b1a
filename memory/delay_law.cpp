// SPDX-License-Identifier: Apache-2.0
#include "memory/delay_law.h"

#include <fmt/format.h>

#include <cmath>

#include "sim/core/error.h"

namespace brownout::memory {
namespace {

double shape(double voltage, double threshold, double alpha) {
  return voltage / std::pow(voltage - threshold, alpha);
}

}  // namespace

Picoseconds DelayLaw::at(VminRatio v) const {
  if (!(v > threshold)) {
    throw InputError(
        fmt::format("found {} Vmin, allowed: above the threshold of {} Vmin, below "
                    "which the delay law has no meaning",
                    v.count(), threshold.count()));
  }
  return at_vmin *
         (shape(v.count(), threshold.count(), alpha) / shape(1, threshold.count(), alpha));
}

VminRatio DelayLaw::lowest_within(Picoseconds limit, VminRatio highest) const {
  constexpr int kHalvings = 60;
  // For alpha >= 1 the delay falls with voltage everywhere above the threshold.
  double slow = threshold.count();
  double fast = highest.count();
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = (slow + fast) / 2;
    const bool meets = middle > threshold.count() && at(VminRatio(middle)) <= limit;
    (meets ? fast : slow) = middle;
  }
  return VminRatio(fast);
}

DelayLaw read_delay_law(config::Section section, const char* what, const char* description) {
  DelayLaw law;
  law.at_vmin = section.quantity<Picoseconds>(what, description, {1, 1e9});
  law.threshold =
      section.quantity<VminRatio>("threshold", "threshold voltage of its transistors", {0, 0.99});
  law.alpha = section.number("alpha", "exponent of the alpha-power law", {1, 2});
  law.source = section.text("source", "publication of the delay, or that it is an assumption");
  return law;
}

}  // namespace brownout::memory
