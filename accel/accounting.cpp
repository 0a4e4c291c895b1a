// SPDX-License-Identifier: Apache-2.0
#include "accel/accounting.h"

namespace brownout::accel {
namespace {

std::uint64_t ceil_div(std::uint64_t a, std::uint64_t b) { return (a + b - 1) / b; }

/// Along one axis of a window.
struct Axis {
  int input = 1;
  int kernel = 1;
  int stride = 1;
  int dilation = 1;
  int padding = 0;  ///< on both sides together
};

std::uint64_t output_extent(const Axis& axis, Rounding rounding) {
  const int room = axis.input + axis.padding - axis.dilation * (axis.kernel - 1) - 1;
  const int up = rounding == Rounding::kCeil ? axis.stride - 1 : 0;
  const int extent = (room + up) / axis.stride + 1;
  return static_cast<std::uint64_t>(extent);
}

int spread(int extent, int by) { return (extent - 1) * by + 1; }

LayerGemm with_pixels(const models::Conv& conv, const models::Shape& input, std::uint64_t m) {
  const auto groups = static_cast<std::uint64_t>(conv.groups);
  const std::uint64_t taps = static_cast<std::uint64_t>(conv.window.kernel_h) *
                             static_cast<std::uint64_t>(conv.window.kernel_w);
  return {m, taps * static_cast<std::uint64_t>(input.channels) / groups, conv.bias.size() / groups,
          groups};
}

}  // namespace

LayerGemm gemm_of(const models::Conv& conv, const models::Shape& input, Rounding rounding) {
  const models::Window& w = conv.window;
  const std::uint64_t height = output_extent({spread(input.height, w.spread_h), w.kernel_h,
                                              w.stride_h, w.dilation_h, w.pad_top + w.pad_bottom},
                                             rounding);
  const std::uint64_t width = output_extent({spread(input.width, w.spread_w), w.kernel_w,
                                             w.stride_w, w.dilation_w, w.pad_left + w.pad_right},
                                            rounding);
  return with_pixels(conv, input, height * width);
}

ScaleSimCounts& ScaleSimCounts::operator+=(const ScaleSimCounts& other) {
  cycles += other.cycles;
  ifmap_reads += other.ifmap_reads;
  filter_reads += other.filter_reads;
  ofmap_writes += other.ofmap_writes;
  return *this;
}

ScaleSimCounts scale_sim_counts(const LayerGemm& gemm, std::uint64_t rows, std::uint64_t cols,
                                Dataflow dataflow) {
  const std::uint64_t ifmap = gemm.m * gemm.k;
  const std::uint64_t filter = gemm.k * gemm.n;
  const std::uint64_t ofmap = gemm.m * gemm.n;
  ScaleSimCounts counts;
  switch (dataflow) {
    case Dataflow::kOutputStationary: {
      const std::uint64_t down = ceil_div(gemm.m, rows);
      const std::uint64_t across = ceil_div(gemm.n, cols);
      const std::uint64_t folds = down * across;
      counts = {folds * (rows + cols + gemm.k - 2) - 1, ifmap * across, filter * down,
                ofmap + folds * (rows + cols)};
      break;
    }
    case Dataflow::kWeightStationary: {
      const std::uint64_t down = ceil_div(gemm.k, rows);
      const std::uint64_t across = ceil_div(gemm.n, cols);
      counts = {down * across * (2 * rows + cols + gemm.m - 2) - 1, ifmap * across, filter,
                ofmap * down};
      break;
    }
    case Dataflow::kInputStationary: {
      const std::uint64_t down = ceil_div(gemm.k, rows);
      const std::uint64_t across = ceil_div(gemm.m, cols);
      counts = {down * across * (2 * rows + cols + gemm.n - 2) - 1, ifmap, filter * across,
                ofmap * down};
      break;
    }
  }
  return {counts.cycles * gemm.groups, counts.ifmap_reads * gemm.groups,
          counts.filter_reads * gemm.groups, counts.ofmap_writes * gemm.groups};
}

std::vector<std::optional<ScaleSimCounts>> scale_sim_layers(const models::Graph& graph,
                                                            std::uint64_t rows, std::uint64_t cols,
                                                            Dataflow dataflow) {
  std::vector<std::optional<ScaleSimCounts>> layers;
  for (const models::Node& node : graph.nodes) {
    layers.emplace_back();
    const auto* conv = std::get_if<models::Conv>(&node.operation);
    if (conv == nullptr) continue;
    const models::Shape& input = graph.tensor(node.inputs.front()).shape;
    layers.back() = scale_sim_counts(gemm_of(*conv, input, Rounding::kCeil), rows, cols, dataflow);
  }
  return layers;
}

LayerGemm neuralfuse_gemm(const models::Conv& conv, const models::Shape& input,
                          std::optional<int> padding) {
  models::Conv counted;  // the window alone; weights stay where they are
  counted.window = conv.window;
  counted.groups = conv.groups;
  models::Window& w = counted.window;
  models::Shape from = input;
  if (w.spread_h > 1 || w.spread_w > 1) {
    const models::Shape out = models::output_shape(input, w, 1);
    from.height = out.height;
    from.width = out.width;
    w.spread_h = w.spread_w = w.stride_h = w.stride_w = 1;
    padding = padding.value_or(1);
  }
  if (padding) w.pad_top = w.pad_bottom = w.pad_left = w.pad_right = *padding;
  LayerGemm gemm = gemm_of(counted, from, Rounding::kCeil);
  gemm.n = conv.bias.size() / gemm.groups;
  return gemm;
}

std::uint64_t neuralfuse_weight_reads(const LayerGemm& gemm, std::uint64_t rows) {
  return ceil_div(gemm.m, rows) * gemm.k * gemm.n * gemm.groups;
}

}  // namespace brownout::accel
