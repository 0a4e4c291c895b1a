// SPDX-License-Identifier: Apache-2.0
// Every layer without weights (pooling, addition, concatenation, rearrangement, ...) as reads of
// the vector unit (layer 3), and the arithmetic it does on them.
//
// The unit produces output words one after another; for each it walks the operands of its bytes,
// operand-major, through one word port. operand_layout.h says where they lie.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "accel/extent.h"
#include "accel/operand_layout.h"
#include "models/graph.h"

namespace brownout::accel {

/// One byte the unit reads for an output element.
struct VectorOperand {
  std::uint64_t output = 0;    ///< element of the output tensor (HWC)
  std::uint32_t input = 0;     ///< which input tensor
  std::uint64_t position = 0;  ///< fetch position
};

class VectorGeometry {
 public:
  VectorGeometry(const models::Graph& graph, const models::Node& node, std::uint32_t word_bytes);

  [[nodiscard]] std::uint64_t output_words() const {
    return (output_.elements() + word_bytes_ - 1) / word_bytes_;
  }
  [[nodiscard]] std::uint32_t inputs() const { return layout_.inputs(); }
  /// Fetch position of `element` of input tensor `input`.
  [[nodiscard]] std::uint64_t ifmap_position(std::uint32_t input, std::uint64_t element) const {
    return layout_.position(input, element);
  }
  [[nodiscard]] const OperandLayout& layout() const { return layout_; }

  /// Operands of output words [begin, end) in reading order; padding is left out.
  template <class Visit>
  void visit(std::uint64_t begin, std::uint64_t end, Visit visit_operand) const;

  /// Words read, operand bytes and positions touched for output words [begin, end).
  struct Cost {
    std::uint64_t reads = 0;
    std::uint64_t operands = 0;
    Extent extent;
  };
  [[nodiscard]] Cost cost(std::uint64_t begin, std::uint64_t end) const;

 private:
  /// Element of the input tensor that operand `index` of output `element` is; false in padding and
  /// for the inputs of a concatenation that do not hold it.
  [[nodiscard]] bool source(std::uint64_t element, std::uint32_t index,
                            std::uint64_t& input_element) const;

  models::Shape input_;
  models::Shape output_;
  models::Window window_;  // of a pooling, 1 x 1 otherwise
  std::optional<models::Rearrange> rearrange_;
  bool flatten_;
  bool concat_;
  OperandLayout layout_;
  std::uint32_t operands_;  // reads per output element, padding included
  std::uint32_t word_bytes_;
};

template <class Visit>
void VectorGeometry::visit(std::uint64_t begin, std::uint64_t end, Visit visit_operand) const {
  for (std::uint64_t word = begin; word < end; ++word) {
    const std::uint64_t first = word * word_bytes_;
    const std::uint64_t last = std::min<std::uint64_t>(first + word_bytes_, output_.elements());
    for (std::uint32_t index = 0; index < operands_; ++index) {
      const std::uint32_t input = inputs() > 1 ? index : 0;
      for (std::uint64_t element = first; element < last; ++element) {
        std::uint64_t from = 0;
        if (source(element, index, from)) {
          visit_operand(VectorOperand{element, input, ifmap_position(input, from)});
        }
      }
    }
  }
}

/// Turns an element's operands into its code, one at a time: code = finish(channel, combine(...)).
class VectorArithmetic {
 public:
  VectorArithmetic(const models::Graph& graph, const models::Node& node);

  /// Of an element; what one without operands keeps is the zero point a rearrangement leaves.
  [[nodiscard]] std::int64_t initial() const;
  /// Takes `code` of input tensor `input` into `state`.
  [[nodiscard]] std::int64_t combine(std::int64_t state, std::uint32_t input,
                                     std::uint8_t code) const;
  [[nodiscard]] std::uint8_t finish(std::uint64_t element, std::int64_t state) const;

 private:
  const models::Operation& operation_;
  std::uint64_t channels_;
  std::vector<std::int32_t> zero_points_;
};

}  // namespace brownout::accel
