// SPDX-License-Identifier: Apache-2.0
// Cycles and accesses of a layer as other tools count them (layer 3), for comparison with published
// figures: closed forms over the layer's matrix product. Our own counts come from the cycle engine
// alone (run_statistics.h). docs/accounting.md says where the conventions part.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "accel/dataflow.h"
#include "models/graph.h"

namespace brownout::accel {

enum class Accounting {
  kHardware,  ///< words and cycles of the modelled machine
  kScaleSim,  ///< beside them, SCALE-Sim's elements and cycles
};

/// How an output extent is rounded when the stride does not divide it.
enum class Rounding {
  kFloor,  ///< the hardware's, ONNX's and PyTorch's
  kCeil,   ///< SCALE-Sim's: ceil((padded - kernel + stride) / stride)
};

/// A convolution's matrix product, one of `groups` equal ones: m x k times k x n.
struct LayerGemm {
  std::uint64_t m = 0;  ///< output pixels
  std::uint64_t k = 0;  ///< kernel volume of a group
  std::uint64_t n = 0;  ///< output channels of a group
  std::uint64_t groups = 1;

  [[nodiscard]] std::uint64_t macs() const { return m * k * n * groups; }
};

/// Of `conv` over `input`. A transposed convolution is one of stride 1 over the spread input. The
/// two roundings differ in m only.
[[nodiscard]] LayerGemm gemm_of(const models::Conv& conv, const models::Shape& input,
                                Rounding rounding);

/// What SCALE-Sim v3 reports for a layer with ideal memory; counts are elements.
struct ScaleSimCounts {
  std::uint64_t cycles = 0;  ///< "Total Cycles"
  std::uint64_t ifmap_reads = 0;
  std::uint64_t filter_reads = 0;
  std::uint64_t ofmap_writes = 0;

  ScaleSimCounts& operator+=(const ScaleSimCounts& other);
};

/// With T, the extent that streams, being k (os), m (ws) or n (is), and R x C the array, each of
/// F = ceil(a / R) ceil(b / C) folds takes R + C + T - 2 cycles (os) or 2R + C + T - 2 (ws, is),
/// and the total is one less. Operands: what each fold reads or writes of its own; os writes R + C
/// elements a fold too many. A grouped layer is `groups` layers, each short of one cycle.
/// Source: the tool's scalesim/compute/systolic_compute_{os,ws,is}.py; equal to its reports.
[[nodiscard]] ScaleSimCounts scale_sim_counts(const LayerGemm& gemm, std::uint64_t rows,
                                              std::uint64_t cols, Dataflow dataflow);

/// Of every convolution of `graph` in order, none for its other nodes; output sizes as SCALE-Sim
/// rounds them.
[[nodiscard]] std::vector<std::optional<ScaleSimCounts>> scale_sim_layers(
    const models::Graph& graph, std::uint64_t rows, std::uint64_t cols, Dataflow dataflow);

/// The product the NeuralFuse paper counts for a layer (Sun et al., NeurIPS 2024, Table 6): output
/// extents rounded up, and a transposed convolution taken as one of stride 1 and padding 1 over an
/// input of its output's size. `padding` replaces the layer's own.
[[nodiscard]] LayerGemm neuralfuse_gemm(const models::Conv& conv, const models::Shape& input,
                                        std::optional<int> padding = {});

/// Weights the paper reads from the buffer: output stationary, every fold row of the array reads
/// all weights, ceil(m / rows) k n. Its accesses are these over the weights of a buffer word.
[[nodiscard]] std::uint64_t neuralfuse_weight_reads(const LayerGemm& gemm, std::uint64_t rows);

}  // namespace brownout::accel
