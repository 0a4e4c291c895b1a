// SPDX-License-Identifier: Apache-2.0
#include "models/requantize.h"

#include <fmt/format.h>

#include <cmath>

#include "sim/core/error.h"

namespace brownout::models {
namespace {

constexpr int kMultiplierBits = 31;
constexpr int kSmallestShift = 1;
constexpr int kLargestShift = 62;

}  // namespace

FixedPoint to_fixed_point(double ratio) {
  int exponent = 0;
  const double fraction = std::frexp(ratio, &exponent);  // in [0.5, 1)
  auto multiplier = static_cast<std::int64_t>(std::llround(std::ldexp(fraction, kMultiplierBits)));
  if (multiplier == std::int64_t{1} << kMultiplierBits) {
    multiplier >>= 1;
    ++exponent;
  }
  const int shift = kMultiplierBits - exponent;
  if (!(ratio > 0) || !std::isfinite(ratio) || shift < kSmallestShift || shift > kLargestShift) {
    throw InputError(fmt::format(
        "requantisation ratio (input scale x weight scale / output scale) is {}, allowed are "
        "2^-32 to 2^29",
        ratio));
  }
  return {static_cast<std::int32_t>(multiplier), shift};
}

Requantizer make_requantizer(const std::vector<double>& ratios, int zero_point, int lowest,
                             int highest) {
  Requantizer requantizer;
  requantizer.zero_point = zero_point;
  requantizer.lowest = lowest;
  requantizer.highest = highest;
  for (const double ratio : ratios) {
    const FixedPoint fixed = to_fixed_point(ratio);
    requantizer.multiplier.push_back(fixed.multiplier);
    requantizer.shift.push_back(fixed.shift);
  }
  return requantizer;
}

Add make_add(double scale_a, double scale_b, double scale_out, OutputRange range) {
  const double ratio_a = scale_a / scale_out;
  const double ratio_b = scale_b / scale_out;
  const FixedPoint larger = to_fixed_point(std::fmax(ratio_a, ratio_b));
  const auto scaled = [&](double ratio) {
    return static_cast<std::int32_t>(std::llround(std::ldexp(ratio, larger.shift)));
  };
  Add add;
  // The larger multiplier is the normalised one; rescaling it again would round it the same way.
  add.multiplier_a = ratio_a >= ratio_b ? larger.multiplier : scaled(ratio_a);
  add.multiplier_b = ratio_a >= ratio_b ? scaled(ratio_b) : larger.multiplier;
  if (ratio_a == ratio_b) add.multiplier_b = larger.multiplier;
  add.shift = larger.shift;
  add.zero_point = range.zero_point;
  add.lowest = range.lowest;
  add.highest = range.highest;
  return add;
}

Concat make_concat(const std::vector<double>& scales, double scale_out, OutputRange range) {
  std::vector<double> ratios = scales;
  for (double& ratio : ratios) ratio /= scale_out;
  return {make_requantizer(ratios, range.zero_point, range.lowest, range.highest)};
}

Table make_table(const std::function<double(double)>& function, CodeMeaning in, CodeMeaning out) {
  Table table;
  table.zero_point = out.zero_point;
  for (int code = 0; code < 256; ++code) {
    const double real = in.scale * (code - in.zero_point);
    const double steps = std::floor(function(real) / out.scale + 0.5) + out.zero_point;
    if (std::isnan(steps)) {
      throw InputError(fmt::format("the function of a table is not a number at {}", real));
    }
    table.codes[static_cast<std::size_t>(code)] =
        static_cast<std::uint8_t>(std::fmin(std::fmax(steps, 0.0), 255.0));
  }
  return table;
}

}  // namespace brownout::models
