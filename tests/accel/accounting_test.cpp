// SPDX-License-Identifier: Apache-2.0
// The closed forms against counting: every fold walked, every operand element touched.
#include "accel/accounting.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace brownout::accel {
namespace {

constexpr Dataflow kDataflows[] = {Dataflow::kOutputStationary, Dataflow::kWeightStationary,
                                   Dataflow::kInputStationary};

/// Walks the folds of a mapping whose rows hold `a`, columns `b` and stream `t`.
struct Walk {
  std::uint64_t folds = 0;
  std::uint64_t rows_read = 0;  ///< elements of the operand along the rows, per step of t
  std::uint64_t cols_read = 0;  ///< the same along the columns
  std::uint64_t pairs = 0;      ///< rows x columns in use, summed
};

Walk walk(std::uint64_t a, std::uint64_t b, std::uint64_t rows, std::uint64_t cols) {
  Walk walk;
  for (std::uint64_t i = 0; i < a; i += rows) {
    for (std::uint64_t j = 0; j < b; j += cols) {
      const std::uint64_t used_rows = std::min(rows, a - i);
      const std::uint64_t used_cols = std::min(cols, b - j);
      ++walk.folds;
      walk.rows_read += used_rows;
      walk.cols_read += used_cols;
      walk.pairs += used_rows * used_cols;
    }
  }
  return walk;
}

ScaleSimCounts counted(const LayerGemm& g, std::uint64_t rows, std::uint64_t cols, Dataflow flow) {
  if (flow == Dataflow::kOutputStationary) {
    const Walk w = walk(g.m, g.n, rows, cols);
    return {w.folds * (g.k + rows + cols - 2) - 1, w.rows_read * g.k, w.cols_read * g.k,
            w.pairs + w.folds * (rows + cols)};
  }
  if (flow == Dataflow::kWeightStationary) {
    const Walk w = walk(g.k, g.n, rows, cols);
    return {w.folds * (g.m + 2 * rows + cols - 2) - 1, w.rows_read * g.m, w.pairs,
            w.cols_read * g.m};
  }
  const Walk w = walk(g.k, g.m, rows, cols);
  return {w.folds * (g.n + 2 * rows + cols - 2) - 1, w.pairs, w.rows_read * g.n, w.cols_read * g.n};
}

TEST(Accounting, ClosedFormsEqualCountingOverRandomLayersAndArrays) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    const auto draw = [&](std::uint64_t most) { return 1 + random() % most; };
    const LayerGemm gemm{draw(300), draw(200), draw(150), 1};
    const std::uint64_t rows = draw(64);
    const std::uint64_t cols = draw(64);
    for (const Dataflow flow : kDataflows) {
      SCOPED_TRACE(dataflow_name(flow));
      const ScaleSimCounts a = scale_sim_counts(gemm, rows, cols, flow);
      const ScaleSimCounts b = counted(gemm, rows, cols, flow);
      EXPECT_EQ(a.cycles, b.cycles);
      EXPECT_EQ(a.ifmap_reads, b.ifmap_reads);
      EXPECT_EQ(a.filter_reads, b.filter_reads);
      EXPECT_EQ(a.ofmap_writes, b.ofmap_writes);
    }
  }
}

TEST(Accounting, GroupsAreAsManyLayers) {
  const LayerGemm one{50, 9, 2, 1};
  const LayerGemm grouped{50, 9, 2, 7};
  for (const Dataflow flow : kDataflows) {
    const ScaleSimCounts a = scale_sim_counts(one, 4, 8, flow);
    const ScaleSimCounts b = scale_sim_counts(grouped, 4, 8, flow);
    EXPECT_EQ(b.cycles, 7 * a.cycles);
    EXPECT_EQ(b.ofmap_writes, 7 * a.ofmap_writes);
  }
  EXPECT_EQ(grouped.macs(), 7 * one.macs());
}

models::Conv conv(int kernel, int stride, int padding, std::size_t channels) {
  models::Conv conv;
  models::Window& w = conv.window;
  w.kernel_h = w.kernel_w = kernel;
  w.stride_h = w.stride_w = stride;
  w.pad_top = w.pad_left = w.pad_bottom = w.pad_right = padding;
  conv.bias.assign(channels, 0);
  return conv;
}

TEST(Accounting, RoundingsDifferWhereTheStrideDoesNotDivide) {
  const models::Conv shortcut = conv(1, 2, 0, 128);
  EXPECT_EQ(gemm_of(shortcut, {64, 32, 31}, Rounding::kFloor).m, 16U * 16U);
  EXPECT_EQ(gemm_of(shortcut, {64, 32, 31}, Rounding::kCeil).m, 17U * 16U);
  for (int size = 7; size < 20; ++size) {
    const models::Conv c = conv(3, 2, 1, 8);
    const models::Shape out = models::output_shape({4, size, size}, c.window, 8);
    EXPECT_EQ(gemm_of(c, {4, size, size}, Rounding::kFloor).m,
              static_cast<std::uint64_t>(out.height * out.width));
  }
}

TEST(Accounting, ThePaperCountsTransposedConvolutionsAtTheirOutput) {
  models::Conv deconv = conv(4, 1, 2, 64);  // k 4, stride 2, padding 1 as PyTorch has it
  deconv.window.spread_h = deconv.window.spread_w = 2;
  const LayerGemm counted_gemm = neuralfuse_gemm(deconv, {128, 8, 8});
  EXPECT_EQ(counted_gemm.m, 15U * 15U);
  EXPECT_EQ(counted_gemm.k, 128U * 16U);
  EXPECT_EQ(counted_gemm.n, 64U);
  EXPECT_EQ(gemm_of(deconv, {128, 8, 8}, Rounding::kFloor).m, 16U * 16U);
  EXPECT_EQ(neuralfuse_weight_reads(counted_gemm, 32), 8U * 128U * 16U * 64U);
  EXPECT_EQ(neuralfuse_gemm(conv(1, 1, 0, 3), {16, 32, 32}, 1).m, 34U * 34U);
}

}  // namespace
}  // namespace brownout::accel
