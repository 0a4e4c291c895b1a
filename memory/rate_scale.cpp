// SPDX-License-Identifier: Apache-2.0
#include "memory/rate_scale.h"

#include <cmath>

#include "sim/core/error.h"
#include "sim/core/statistics.h"

namespace brownout::memory {

double on_scale(Interpolation scale, double rate) {
  return scale == Interpolation::kProbit ? probit(rate) : std::log(rate);
}

double from_scale(Interpolation scale, double value) {
  return scale == Interpolation::kProbit ? normal_cdf(value) : std::exp(value);
}

LineFit fit_line(const std::vector<std::pair<VminRatio, double>>& rates, Interpolation scale) {
  std::vector<double> x;
  std::vector<double> y;
  for (const auto& [voltage, rate] : rates) {
    if (rate == 0) continue;
    x.push_back(voltage.count());
    y.push_back(on_scale(scale, rate));
  }
  double xx = 0;
  double xy = 0;
  double yy = 0;
  const double x_mean = x.empty() ? 0 : mean(x);
  const double y_mean = y.empty() ? 0 : mean(y);
  for (std::size_t i = 0; i < x.size(); ++i) {
    xx += (x[i] - x_mean) * (x[i] - x_mean);
    xy += (x[i] - x_mean) * (y[i] - y_mean);
    yy += (y[i] - y_mean) * (y[i] - y_mean);
  }
  if (!(xy < 0)) {
    throw InputError("bit-error rates that do not fall with voltage have no line to fit");
  }
  return {VminRatio(x_mean - y_mean * xx / xy), VminRatio(-xx / xy), xy * xy / (xx * yy)};
}

}  // namespace brownout::memory
