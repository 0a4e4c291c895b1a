// SPDX-License-Identifier: Apache-2.0
// Builds an untrained network layer by layer (layer 2): shapes, plausible scales, random weights,
// and what the published float network counts. The zoo's families use it; nobody else.
#pragma once

#include <string>

#include "models/zoo/untrained.h"

namespace brownout::models {

/// A square convolution with what follows it in the published network.
struct ConvLayer {
  int channels = 0;  ///< of the output
  int kernel = 3;
  int stride = 1;
  int padding = 1;
  bool bias = true;
  bool batch_norm = true;
  bool relu = true;
  bool relu_is_module = true;  ///< otherwise a function call, which ptflops does not see
  bool transposed = false;     ///< stride and padding as PyTorch defines them then
};

class NetworkMaker {
 public:
  NetworkMaker(std::string name, const Shape& input);

  [[nodiscard]] TensorId input() const { return network_.graph.input; }
  [[nodiscard]] const Shape& shape(TensorId id) const { return network_.graph.tensor(id).shape; }

  TensorId conv(const std::string& name, TensorId from, const ConvLayer& layer);
  /// Over the whole of `from`, flattened as CHW; raw accumulators without `relu`.
  TensorId linear(const std::string& name, TensorId from, int outputs, bool relu);
  TensorId max_pool(const std::string& name, TensorId from, const Window& window);
  /// Over the whole extent; no node where that is one pixel. Counted where it is a module.
  TensorId global_average(const std::string& name, TensorId from, bool is_module);
  /// Residual sum and its ReLU, a module.
  TensorId add_relu(const std::string& name, TensorId a, TensorId b);
  /// Nearest neighbour, twice as high and wide.
  TensorId upsample(const std::string& name, TensorId from);
  TensorId concat(const std::string& name, TensorId a, TensorId b);
  TensorId tanh(const std::string& name, TensorId from);

  /// Checks and hands over the network; its output is what was made last.
  [[nodiscard]] UntrainedNetwork finish();

 private:
  struct Codes;

  TensorId add_node(const std::string& name, Operation operation, std::vector<TensorId> inputs,
                    const Codes& codes);
  Conv weighted(const Window& window, TensorId from, int channels) const;

  UntrainedNetwork network_;
};

}  // namespace brownout::models
