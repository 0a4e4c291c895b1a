// SPDX-License-Identifier: Apache-2.0
#include "sim/config/number.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <system_error>

namespace brownout::config {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Exponents beyond this are beyond every double; the bound keeps sums of exponents in range.
constexpr int kMaxExponent = 10000;

// Takes `e5`, `E+5` or `e-5` if `text` begins so; false if the exponent is absurd.
bool take_exponent(std::string_view& text, int& exponent) {
  if (text.empty() || (text[0] != 'e' && text[0] != 'E')) return true;
  const std::size_t sign = text.size() > 1 && (text[1] == '+' || text[1] == '-') ? 1 : 0;
  if (text.size() <= 1 + sign || !is_digit(text[1 + sign])) return true;
  const char* begin = text.data() + 1 + (text[1] == '+' ? 1 : 0);
  const auto [end, error] = std::from_chars(begin, text.data() + text.size(), exponent);
  if (error != std::errc() || std::abs(exponent) > kMaxExponent) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

// Divides one factor `prime` out of either number; false if neither has it.
bool divide_out(std::uint64_t prime, std::uint64_t& a, std::uint64_t& b) {
  if (a % prime == 0) {
    a /= prime;
  } else if (b % prime == 0) {
    b /= prime;
  } else {
    return false;
  }
  return true;
}

}  // namespace

std::optional<Decimal> take_decimal(std::string_view& text) {
  Decimal decimal;
  std::string_view rest = text;
  if (!rest.empty() && (rest[0] == '-' || rest[0] == '+')) {
    decimal.negative = rest[0] == '-';
    rest.remove_prefix(1);
  }
  const auto is_part = [](char c) { return is_digit(c) || c == '.'; };
  const auto end = std::find_if_not(rest.begin(), rest.end(), is_part);
  decimal.digits.assign(rest.begin(), end);
  rest.remove_prefix(decimal.digits.size());
  const auto points = std::count(decimal.digits.begin(), decimal.digits.end(), '.');
  if (points > 1 || decimal.digits.size() == static_cast<std::size_t>(points)) return {};
  if (decimal.digits.size() > 1 && decimal.digits[0] == '0' && is_digit(decimal.digits[1])) {
    return {};
  }
  if (!take_exponent(rest, decimal.exponent)) return {};
  text = rest;
  return decimal;
}

std::optional<double> to_double(const Decimal& decimal, int power) {
  const std::string text = (decimal.negative ? "-" : "") + decimal.digits + "e" +
                           std::to_string(decimal.exponent + power);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

std::optional<std::uint64_t> exact_magnitude(const Decimal& decimal, int power,
                                             std::uint64_t factor) {
  std::string digits = decimal.digits;
  int exponent = decimal.exponent + power;
  if (const auto point = digits.find('.'); point != std::string::npos) {
    exponent -= static_cast<int>(digits.size() - point - 1);
    digits.erase(point, 1);
  }
  while (digits.size() > 1 && digits.back() == '0') {
    digits.pop_back();
    ++exponent;
  }
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return {};
  if (value == 0) return 0;
  for (; exponent < 0; ++exponent) {
    if (!divide_out(2, value, factor) || !divide_out(5, value, factor)) return {};
  }
  for (; exponent > 0; --exponent) {
    if (__builtin_mul_overflow(value, std::uint64_t{10}, &value)) return {};
  }
  if (__builtin_mul_overflow(value, factor, &value)) return {};
  return value;
}

std::optional<std::size_t> item_index(const std::string& text, std::size_t size) {
  std::size_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc() || end != text.data() + text.size() || index >= size) return {};
  return index;
}

}  // namespace brownout::config
