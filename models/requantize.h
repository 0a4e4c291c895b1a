// SPDX-License-Identifier: Apache-2.0
// Fixed-point requantisation (layer 2): the one definition of how an int32 accumulator becomes an
// 8-bit code, and how real scale ratios become multiplier and shift. Header-inline because every
// engine calls it per output element.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "models/graph.h"

namespace brownout::models {

/// A positive real number as multiplier / 2^shift, multiplier in [2^30, 2^31).
struct FixedPoint {
  std::int32_t multiplier = 1 << 30;
  std::int32_t shift = 30;
};

/// The nearest fixed-point number (error at most 2^-31 of the value; halves away from zero).
/// Throws InputError unless `ratio` lies in [2^-32, 2^29], where the shift fits [1, 62].
[[nodiscard]] FixedPoint to_fixed_point(double ratio);

/// One pair per entry of `ratios` (input scale x weight scale / output scale).
[[nodiscard]] Requantizer make_requantizer(const std::vector<double>& ratios, int zero_point,
                                           int lowest, int highest);

/// Codes an addition's output may take.
struct OutputRange {
  int zero_point = 0;
  int lowest = 0;
  int highest = 255;
};

/// Residual addition of two tensors of the given scales; both multipliers share one shift, chosen
/// so that the larger one lies in [2^30, 2^31).
[[nodiscard]] Add make_add(double scale_a, double scale_b, double scale_out, OutputRange range);

/// Concatenation of tensors of scales `scales`, one per input.
[[nodiscard]] Concat make_concat(const std::vector<double>& scales, double scale_out,
                                 OutputRange range);

/// What the codes of a tensor stand for: real = scale * (code - zero_point).
struct CodeMeaning {
  double scale = 1.0;
  int zero_point = 0;
};

/// The table of `function`: for each code of `in` the code of `out` nearest to
/// function(its real value), floor(real / scale + 1/2) + zero point, clamped to 0..255: halves
/// round up as in the requantiser. Throws InputError where the function is not a number.
[[nodiscard]] Table make_table(const std::function<double(double)>& function, CodeMeaning in,
                               CodeMeaning out);

[[nodiscard]] inline std::uint8_t clamp_code(std::int64_t code, std::int32_t lowest,
                                             std::int32_t highest) {
  return static_cast<std::uint8_t>(code < lowest ? lowest : (code > highest ? highest : code));
}

/// (value + half) >> shift, arithmetic: rounds to nearest, halves up.
[[nodiscard]] inline std::int64_t rounding_shift(std::int64_t value, std::int32_t shift) {
  return (value + (std::int64_t{1} << (shift - 1))) >> shift;
}

/// Accumulator of output channel `channel` to code.
[[nodiscard]] inline std::uint8_t requantize(const Requantizer& r, std::size_t channel,
                                             std::int32_t accumulator) {
  const std::size_t i = r.multiplier.size() == 1 ? 0 : channel;
  const std::int64_t scaled =
      rounding_shift(static_cast<std::int64_t>(accumulator) * r.multiplier[i], r.shift[i]);
  return clamp_code(scaled + r.zero_point, r.lowest, r.highest);
}

/// Residual sum of two codes, zero points already subtracted.
[[nodiscard]] inline std::uint8_t add_codes(const Add& add, std::int32_t a, std::int32_t b) {
  const std::int64_t sum = static_cast<std::int64_t>(a) * add.multiplier_a +
                           static_cast<std::int64_t>(b) * add.multiplier_b;
  return clamp_code(rounding_shift(sum, add.shift) + add.zero_point, add.lowest, add.highest);
}

}  // namespace brownout::models
