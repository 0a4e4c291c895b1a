// SPDX-License-Identifier: Apache-2.0
// Strict decimal numbers (layer 1, internal): no octal, no hexadecimal, no infinity, nothing
// trailing. Kept as text so that units scale exactly: `620 mV` is the double nearest to 0.62.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace brownout::config {

/// A decimal number as written: sign, digits with at most one point, power of ten.
struct Decimal {
  bool negative = false;
  std::string digits;
  int exponent = 0;
};

/// The number at the beginning of `text`, which then holds what follows it; none when there is
/// none. A leading zero before another digit is not a number: other tools read `010` as 8.
[[nodiscard]] std::optional<Decimal> take_decimal(std::string_view& text);

/// The double nearest to `decimal` x 10^`power`; none beyond the range of doubles.
[[nodiscard]] std::optional<double> to_double(const Decimal& decimal, int power = 0);

/// |`decimal`| x 10^`power` x `factor`; none unless it is an exact 64-bit integer.
[[nodiscard]] std::optional<std::uint64_t> exact_magnitude(const Decimal& decimal, int power = 0,
                                                           std::uint64_t factor = 1);

/// `text` as the index of one of `size` list items.
[[nodiscard]] std::optional<std::size_t> item_index(const std::string& text, std::size_t size);

}  // namespace brownout::config
