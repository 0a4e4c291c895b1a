// SPDX-License-Identifier: Apache-2.0
#include "models/requantize.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "sim/core/error.h"

namespace brownout::models {
namespace {

TEST(FixedPoint, IsNormalisedAndWithinHalfAStep) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> exponent(-31.9, 28.9);
  for (int i = 0; i < 100000; ++i) {
    const double ratio = std::exp2(exponent(random));
    const FixedPoint fixed = to_fixed_point(ratio);
    ASSERT_GE(fixed.multiplier, 1 << 30);
    ASSERT_GE(fixed.shift, 1);
    ASSERT_LE(fixed.shift, 62);
    const double back = std::ldexp(fixed.multiplier, -fixed.shift);
    ASSERT_LE(std::abs(back / ratio - 1), std::exp2(-31)) << ratio;
  }
}

TEST(FixedPoint, RefusesWhatHasNoShift) {
  for (const double ratio : {0.0, -1.0, 1e-11, 1e10, std::nan(""), HUGE_VAL}) {
    EXPECT_THROW(static_cast<void>(to_fixed_point(ratio)), InputError) << ratio;
  }
}

TEST(Requantize, RoundsHalvesUpOnBothSidesOfZero) {
  const Requantizer half = make_requantizer({0.5}, 100, 0, 255);
  EXPECT_EQ(requantize(half, 0, 3), 102);   // 1.5 -> 2
  EXPECT_EQ(requantize(half, 0, -3), 99);   // -1.5 -> -1
  EXPECT_EQ(requantize(half, 0, 1), 101);   // 0.5 -> 1
  EXPECT_EQ(requantize(half, 0, -1), 100);  // -0.5 -> 0
}

TEST(Requantize, SaturatesToItsRangeAtBothEndsOfInt32) {
  const Requantizer r = make_requantizer({1.0, 1e8}, 10, 10, 200);
  EXPECT_EQ(requantize(r, 0, -1), 10);
  EXPECT_EQ(requantize(r, 0, 500), 200);
  EXPECT_EQ(requantize(r, 1, INT32_MAX), 200);
  EXPECT_EQ(requantize(r, 1, INT32_MIN), 10);
}

TEST(Requantize, EqualsWideArithmeticOnRandomNumbers) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 100000; ++i) {
    Requantizer r;
    r.multiplier = {static_cast<std::int32_t>((1u << 30) + random() % (1u << 30))};
    r.shift = {static_cast<std::int32_t>(1 + random() % 62)};
    r.zero_point = static_cast<std::int32_t>(random() % 256);
    const auto acc = static_cast<std::int32_t>(random());
    // floor(x / 2^s + 1/2) in 128 bits.
    __extension__ using Wide = __int128;
    const Wide scaled = static_cast<Wide>(acc) * r.multiplier[0];
    const Wide rounded = (scaled + (Wide{1} << (r.shift[0] - 1))) >> r.shift[0];
    const Wide code = std::min<Wide>(255, std::max<Wide>(0, rounded + r.zero_point));
    ASSERT_EQ(requantize(r, 0, acc), static_cast<int>(code)) << acc << " >> " << r.shift[0];
  }
}

TEST(MakeAdd, BothMultipliersShareTheShiftOfTheLarger) {
  const Add add = make_add(0.5, 0.125, 0.25, {3, 3, 255});
  EXPECT_EQ(std::ldexp(add.multiplier_a, -add.shift), 2.0);
  EXPECT_EQ(std::ldexp(add.multiplier_b, -add.shift), 0.5);
  EXPECT_EQ(add_codes(add, 10, 4), 3 + 22);
  EXPECT_EQ(add_codes(add, -10, 4), 3);
  const Add mirrored = make_add(0.125, 0.5, 0.25, {3, 3, 255});
  EXPECT_EQ(mirrored.multiplier_a, add.multiplier_b);
  EXPECT_EQ(mirrored.shift, add.shift);
}

TEST(MakeTable, IsTheNearestCodeOfTheFunctionHalvesUp) {
  const Table tanh =
      make_table([](double x) { return std::tanh(x); }, {0.05, 128}, {1.0 / 128, 128});
  EXPECT_EQ(tanh.zero_point, 128);
  EXPECT_EQ(tanh.codes[128], 128);
  EXPECT_EQ(tanh.codes[0], 0);           // tanh(-6.4) is -1 but for 5e-6
  EXPECT_EQ(tanh.codes[255], 255);       // 128 + 128 is clamped
  EXPECT_EQ(tanh.codes[138], 128 + 59);  // tanh(0.5) * 128 = 59.15
  const Table half = make_table([](double x) { return x / 2; }, {1.0, 10}, {1.0, 10});
  EXPECT_EQ(half.codes[13], 12);  // 1.5 -> 2
  EXPECT_EQ(half.codes[7], 9);    // -1.5 -> -1
}

TEST(MakeTable, AFunctionThatIsNotANumberIsRefused) {
  EXPECT_THROW(static_cast<void>(make_table([](double x) { return std::sqrt(x); }, {1.0, 5}, {})),
               InputError);
}

}  // namespace
}  // namespace brownout::models
