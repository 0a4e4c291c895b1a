// SPDX-License-Identifier: Apache-2.0
// The sliding-window array against an array that really shifts: every register of every processing
// element at every cycle, and the sums against a plain product.
#include "accel/register_array.h"

#include <gtest/gtest.h>

#include <random>

namespace brownout::accel {
namespace {

/// Register-transfer description: on each clock edge operands move one element on.
class ShiftingArray {
 public:
  ShiftingArray(std::size_t rows, std::size_t cols)
      : rows_(rows), cols_(cols), a_(rows * cols), b_(rows * cols), sum_(rows * cols) {}

  void clock(const std::vector<int>& row_inputs, const std::vector<int>& column_inputs) {
    for (std::size_t r = rows_; r-- > 0;) {
      for (std::size_t c = cols_; c-- > 0;) {
        a_[r * cols_ + c] = c == 0 ? row_inputs[r] : a_[r * cols_ + c - 1];
        b_[r * cols_ + c] = r == 0 ? column_inputs[c] : b_[(r - 1) * cols_ + c];
      }
    }
    for (std::size_t i = 0; i < sum_.size(); ++i)
      sum_[i] += static_cast<std::uint32_t>(a_[i] * b_[i]);
  }

  [[nodiscard]] int a(std::size_t r, std::size_t c) const { return a_[r * cols_ + c]; }
  [[nodiscard]] int b(std::size_t r, std::size_t c) const { return b_[r * cols_ + c]; }
  [[nodiscard]] std::int32_t sum(std::size_t r, std::size_t c) const {
    return static_cast<std::int32_t>(sum_[r * cols_ + c]);
  }

 private:
  std::size_t rows_, cols_;
  std::vector<int> a_, b_;
  std::vector<std::uint32_t> sum_;
};

struct Operands {
  std::uint32_t rows, cols, k;
  std::vector<std::vector<std::int16_t>> ifmap;  // [row][k]
  std::vector<std::vector<std::int8_t>> filter;  // [column][k]
};

Operands random_operands(std::mt19937& random) {
  const auto roll = [&](int low, int high) {
    return std::uniform_int_distribution<int>(low, high)(random);
  };
  Operands o{static_cast<std::uint32_t>(roll(1, 40)),
             static_cast<std::uint32_t>(roll(1, 70)),
             static_cast<std::uint32_t>(roll(1, 60)),
             {},
             {}};
  const bool extreme = roll(0, 3) == 0;
  for (std::uint32_t r = 0; r < o.rows; ++r) {
    o.ifmap.emplace_back();
    for (std::uint32_t k = 0; k < o.k; ++k) {
      o.ifmap.back().push_back(static_cast<std::int16_t>(extreme ? -255 : roll(-255, 255)));
    }
  }
  for (std::uint32_t c = 0; c < o.cols; ++c) {
    o.filter.emplace_back();
    for (std::uint32_t k = 0; k < o.k; ++k) {
      o.filter.back().push_back(static_cast<std::int8_t>(extreme ? -128 : roll(-128, 127)));
    }
  }
  return o;
}

void feed(RegisterArray& array, const Operands& o) {
  for (std::uint32_t k = 0; k < o.k; ++k) {
    for (std::uint32_t r = 0; r < o.rows; ++r) array.feed_ifmap(r, k, o.ifmap[r][k]);
    for (std::uint32_t c = 0; c < o.cols; ++c) array.feed_filter(c, k, o.filter[c][k]);
  }
}

TEST(RegisterArray, HoldsTheRegistersOfAShiftingArrayInEveryCycle) {
  std::mt19937 random(1);
  for (int round = 0; round < 20; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    const Operands o = random_operands(random);
    RegisterArray array(o.rows, o.cols);
    array.begin_fold(o.k, std::vector<std::int32_t>(o.cols, 0));
    feed(array, o);
    ShiftingArray shifting(o.rows, o.cols);
    for (std::uint32_t t = 0; t < array.duration(); ++t) {
      std::vector<int> rows(o.rows, 0);
      std::vector<int> columns(o.cols, 0);
      for (std::uint32_t r = 0; r < o.rows; ++r) {
        if (t >= r && t - r < o.k) rows[r] = o.ifmap[r][t - r];
      }
      for (std::uint32_t c = 0; c < o.cols; ++c) {
        if (t >= c && t - c < o.k) columns[c] = o.filter[c][t - c];
      }
      shifting.clock(rows, columns);
      array.advance(1);
      for (std::uint32_t r = 0; r < o.rows; ++r) {
        for (std::uint32_t c = 0; c < o.cols; ++c) {
          ASSERT_EQ(array.ifmap_register(r, c), shifting.a(r, c)) << t << ' ' << r << ' ' << c;
          ASSERT_EQ(array.filter_register(r, c), shifting.b(r, c)) << t << ' ' << r << ' ' << c;
          ASSERT_EQ(array.row(r)[c], shifting.sum(r, c)) << t << ' ' << r << ' ' << c;
        }
      }
    }
  }
}

TEST(RegisterArray, AnyStepAndInstructionSetGivesTheSameSums) {
  std::mt19937 random(2);
  for (int round = 0; round < 60; ++round) {
    SCOPED_TRACE("round " + std::to_string(round));
    const Operands o = random_operands(random);
    for (const Isa isa : {Isa::kPortable, Isa::kAvx2, Isa::kAvx512Vnni}) {
      if (!is_supported(isa)) continue;
      RegisterArray array(o.rows, o.cols, isa);
      array.begin_fold(o.k, std::vector<std::int32_t>(o.cols, INT32_MIN + 5));  // wraps
      feed(array, o);
      while (array.time() < array.duration()) {
        const auto step = static_cast<std::uint32_t>(1 + random() % 17);
        array.advance(std::min(step, array.duration() - array.time()));
      }
      for (std::uint32_t r = 0; r < o.rows; ++r) {
        for (std::uint32_t c = 0; c < o.cols; ++c) {
          std::uint32_t sum = 0x80000005U;
          for (std::uint32_t k = 0; k < o.k; ++k) {
            sum += static_cast<std::uint32_t>(o.ifmap[r][k] * o.filter[c][k]);
          }
          ASSERT_EQ(array.row(r)[c], static_cast<std::int32_t>(sum)) << isa_name(isa);
        }
      }
    }
  }
}

TEST(RegisterArray, AnElementIsNotDoneACycleBeforeItsTimeAndIsDoneAtIt) {
  RegisterArray array(3, 4);
  array.begin_fold(5, std::vector<std::int32_t>(4, 0));
  for (std::uint32_t k = 0; k < 5; ++k) {
    for (std::uint32_t r = 0; r < 3; ++r) array.feed_ifmap(r, k, 1);
    for (std::uint32_t c = 0; c < 4; ++c) array.feed_filter(c, k, 1);
  }
  EXPECT_EQ(array.duration(), 5U + 3U + 4U - 2U);
  while (array.time() < array.duration()) {
    const std::uint32_t t = array.time();
    array.advance(1);
    for (std::uint32_t r = 0; r < 3; ++r) {
      for (std::uint32_t c = 0; c < 4; ++c) {
        EXPECT_EQ(array.row(r)[c] == 5, t >= 5 - 1 + r + c) << t << ' ' << r << ' ' << c;
      }
    }
  }
}

}  // namespace
}  // namespace brownout::accel
