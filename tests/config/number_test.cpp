// SPDX-License-Identifier: Apache-2.0
#include "sim/config/number.h"

#include <gtest/gtest.h>

namespace brownout::config {
namespace {

std::optional<double> real(const std::string& text, int power = 0) {
  std::string_view rest = text;
  const auto decimal = take_decimal(rest);
  return decimal && rest.empty() ? to_double(*decimal, power) : std::nullopt;
}

std::optional<std::uint64_t> exact(const std::string& text, int power = 0,
                                   std::uint64_t factor = 1) {
  std::string_view rest = text;
  const auto decimal = take_decimal(rest);
  return decimal && rest.empty() ? exact_magnitude(*decimal, power, factor) : std::nullopt;
}

TEST(Number, ReadsDecimals) {
  EXPECT_EQ(real("0"), 0.0);
  EXPECT_EQ(real("-1.5e3"), -1500.0);
  EXPECT_EQ(real("+.5"), 0.5);
  EXPECT_EQ(real("5."), 5.0);
  EXPECT_EQ(real("1E+2"), 100.0);
}

TEST(Number, RefusesWhatIsNoPlainDecimal) {
  for (const char* text : {"", "-", ".", "010", "-00", "0x10", "1_000", "1,5", "nan", "inf", ".inf",
                           "1e", "1e+", "1.2.3", "1 2", "--1", "1e999", "1e99999999999"}) {
    EXPECT_FALSE(real(text)) << text;
  }
}

TEST(Number, ScalesByPowersOfTenToTheNearestDouble) {
  EXPECT_EQ(real("620", -3), 0.62);
  EXPECT_EQ(real("154", -3), 0.154);
  EXPECT_EQ(real("1.2", 9), 1.2e9);
}

TEST(Number, ExactIntegersOnly) {
  EXPECT_EQ(exact("1e3"), 1000U);
  EXPECT_EQ(exact("1500e-2"), 15U);
  EXPECT_EQ(exact("2.0"), 2U);
  EXPECT_EQ(exact("18446744073709551615"), 18446744073709551615U);
  EXPECT_EQ(exact("0.0000"), 0U);
  EXPECT_EQ(exact("0e400"), 0U);
  EXPECT_EQ(exact("1.5", 0, 1024), 1536U);
  EXPECT_EQ(exact("0.0009765625", 0, 1024), 1U);
  EXPECT_EQ(exact("4.35", 3), 4350U);
  EXPECT_FALSE(exact("1.5"));
  EXPECT_FALSE(exact("0.1", 0, 1024));
  EXPECT_FALSE(exact("18446744073709551616"));
  EXPECT_FALSE(exact("1e20"));
  EXPECT_FALSE(exact("18446744073709551615", 0, 2));
}

TEST(Number, ItemIndex) {
  EXPECT_EQ(item_index("2", 3), 2U);
  EXPECT_FALSE(item_index("3", 3));
  EXPECT_FALSE(item_index("-1", 3));
  EXPECT_FALSE(item_index("1x", 3));
  EXPECT_FALSE(item_index("", 3));
}

}  // namespace
}  // namespace brownout::config
