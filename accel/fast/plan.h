// SPDX-License-Identifier: Apache-2.0
// What a network's kernels need that does not depend on the weights (layer 3, internal to the fast
// engine): where tensors lie in a workspace, which bytes a window covers, how weights are packed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "accel/fast/kernels.h"
#include "models/graph.h"

namespace brownout::accel::fast {

/// Readable bytes behind every tensor: kernels read whole vectors of channels.
constexpr std::size_t kSlack = 64;

/// A tensor in the workspace: HWC with a border of its zero-point code as wide as the widest
/// padding of its readers, so that windows need no bounds checks. The border is written once.
struct TensorLayout {
  models::Shape shape;
  int zero_point = 0;
  int top = 0, left = 0, bottom = 0, right = 0;
  std::size_t pitch = 0;   ///< bytes from row to row
  std::size_t origin = 0;  ///< of element (0, 0, 0) within the tensor's bytes
  std::size_t bytes = 0;   ///< border and slack included, whole lines
  std::size_t start = 0;   ///< of the tensor's bytes in the arena

  [[nodiscard]] std::size_t row_bytes() const {
    return static_cast<std::size_t>(shape.width) * static_cast<std::size_t>(shape.channels);
  }
  [[nodiscard]] std::size_t offset(int y, int x) const {
    return origin + static_cast<std::size_t>(y) * pitch +
           static_cast<std::size_t>(x) * static_cast<std::size_t>(shape.channels);
  }
};

/// A convolution or average pooling. The bytes of a window are `segments` contiguous pieces: whole
/// kernel rows where neighbouring taps touch, else one piece per tap.
struct WindowPlan {
  int pixels = 0;
  /// Per output pixel, the last one repeated up to whole tiles: where its window starts and where
  /// its channels go, from the tensors' first bytes.
  std::vector<std::int32_t> input_offsets;
  std::vector<std::int32_t> output_offsets;
  std::vector<std::int32_t> segment_offsets;
  int quads = 0;
  bool depthwise = false;  ///< one input channel per output channel
  int groups = 1;          ///< 1 if depthwise
  int group_inputs = 1;    ///< channels
  int group_outputs = 1;   ///< channels
  /// Position in a packed row of output channel 0 of each weight, in the order of models::Conv.
  std::vector<std::uint32_t> weight_positions;
  std::size_t packed_bytes = 0;  ///< of one group
  int zero_point = 0;            ///< of the input
  std::vector<std::int32_t> bias;
  Requant requant;
  bool raw = false;
  /// Of a transposed convolution: the tensor in the arena that its input is spread into, whose
  /// zeros between the pixels are written once like any border.
  std::optional<std::size_t> spread_tensor;
  int spread_h = 1, spread_w = 1;

  [[nodiscard]] int blocks() const { return (group_outputs + kLanes - 1) / kLanes; }
};

struct MaxPoolPlan {
  models::Window window;
};
struct ReluPlan {};
struct FlattenPlan {};
struct RearrangePlan {
  models::Rearrange rearrange;
};

/// What becomes of each code.
using CodeTable = std::array<std::uint8_t, 256>;

/// A concatenation of inputs, or the lookups of a table as one of a single input.
struct LookupPlan {
  struct Input {
    CodeTable table;
    bool identity = false;
  };
  std::vector<Input> inputs;
};

using NodePlan = std::variant<WindowPlan, MaxPoolPlan, AddPlan, ReluPlan, FlattenPlan,
                              RearrangePlan, LookupPlan>;

struct Plan {
  models::Graph graph;
  const Kernels* kernels = nullptr;
  std::vector<TensorLayout> tensors;  ///< of the graph, then spread inputs
  std::vector<NodePlan> nodes;
  std::size_t arena_bytes = 0;
  std::size_t largest_tensor = 0;  ///< bytes

  [[nodiscard]] const TensorLayout& tensor(TensorId id) const { return tensors.at(id.value()); }
};

/// Plans a valid graph.
[[nodiscard]] Plan make_plan(models::Graph graph, const Kernels& kernels);

/// One node's weights in the kernels' layout and its bias with the zero point's share taken off.
struct PackedNode {
  std::vector<Line> weights;
  std::vector<std::int32_t> bias;  ///< channels of each group padded to whole blocks
};

/// `weights` in the order of models::Conv::weights.
[[nodiscard]] PackedNode pack_node(const WindowPlan& plan, const std::vector<std::int8_t>& weights);

}  // namespace brownout::accel::fast
