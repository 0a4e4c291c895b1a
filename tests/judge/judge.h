// SPDX-License-Identifier: Apache-2.0
// ONNX Runtime as an independent judge of the files we export: npm's onnxruntime-node, where
// `./dev setup --judge` has put it.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "models/graph.h"

namespace brownout::judge {

/// What ONNX Runtime may do to a graph before it runs it: nothing, or all it knows, with integer
/// kernels for quantised operators.
constexpr std::array<const char*, 2> kOptimisations = {"disabled", "all"};

/// One image's results.
struct Verdict {
  /// Of each tensor of the graph in CHW order; empty for one that holds accumulators.
  std::vector<std::vector<std::uint8_t>> codes;
  std::vector<float> output;  ///< of the network, real numbers in CHW order
};

/// Folder of the node modules, none when Node or ONNX Runtime is not there.
[[nodiscard]] std::optional<std::filesystem::path> find_modules();

/// Runs `graph` as save_onnx writes it on images given as input codes in HWC order. Throws
/// std::runtime_error when ONNX Runtime fails, InputError when the graph has no ONNX form.
[[nodiscard]] std::vector<Verdict> run(const models::Graph& graph,
                                       const std::vector<std::vector<std::uint8_t>>& images,
                                       const std::string& optimisation);

/// Elements in CHW order as HWC.
template <class Element>
[[nodiscard]] std::vector<Element> channels_last(const std::vector<Element>& values,
                                                 const models::Shape& shape) {
  std::vector<Element> result(values.size());
  std::size_t next = 0;
  for (int c = 0; c < shape.channels; ++c) {
    for (int y = 0; y < shape.height; ++y) {
      for (int x = 0; x < shape.width; ++x) result[shape.offset(y, x, c)] = values[next++];
    }
  }
  return result;
}

}  // namespace brownout::judge
