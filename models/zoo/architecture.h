// SPDX-License-Identifier: Apache-2.0
// A float network as its paper describes it (layer 2): layers, their extents and the wires between
// them, no numbers. The zoo's families make it; untrained.h turns it into an integer network of the
// right shape, models/train into one that learns.
#pragma once

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include "models/graph.h"

namespace brownout::models {

/// A square convolution with what follows it.
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

/// Over the whole of its input, flattened as CHW, with bias.
struct LinearLayer {
  int outputs = 0;
  bool relu = false;
};

struct MaxPoolLayer {
  Window window;
};

/// Average over the whole extent.
struct GlobalAverageLayer {
  bool is_module = true;  ///< as relu_is_module
};

/// Residual sum and its ReLU, a module.
struct AddReluLayer {};

/// Nearest neighbour, twice as high and wide.
struct UpsampleLayer {};

/// Channels of the first input, then those of the second.
struct ConcatLayer {};

struct TanhLayer {};

using LayerKind = std::variant<ConvLayer, LinearLayer, MaxPoolLayer, GlobalAverageLayer,
                               AddReluLayer, UpsampleLayer, ConcatLayer, TanhLayer>;

struct Layer {
  std::string name;
  LayerKind kind;
  std::vector<std::size_t> inputs;  ///< tensors: 0 is the image, i + 1 the output of layer i
};

/// The window of `layer` over an input of any extent.
[[nodiscard]] Window conv_window(const ConvLayer& layer);

class Architecture {
 public:
  Architecture(std::string name, const Shape& input);

  /// Appends a layer and returns its output tensor. Inputs must exist and fit each other.
  std::size_t add(std::string name, LayerKind kind, std::vector<std::size_t> inputs);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::vector<Layer>& layers() const { return layers_; }
  /// Of the image, or of what a layer gives.
  [[nodiscard]] const Shape& shape(std::size_t tensor) const { return shapes_.at(tensor); }

 private:
  std::string name_;
  std::vector<Layer> layers_;
  std::vector<Shape> shapes_;  ///< of all tensors
};

}  // namespace brownout::models
