// SPDX-License-Identifier: Apache-2.0
#include "accel/operand_layout.h"

#include <algorithm>

namespace brownout::accel {

OperandLayout::OperandLayout(const models::Graph& graph, const models::Node& node,
                             std::uint32_t word_bytes)
    : concat_(std::holds_alternative<models::Concat>(node.operation)),
      word_bytes_(word_bytes),
      pixel_(static_cast<std::uint64_t>(graph.tensor(node.output).shape.channels)) {
  std::uint64_t first = 0;
  for (const TensorId id : node.inputs) {
    const models::Shape& shape = graph.tensor(id).shape;
    words_.push_back((shape.elements() + word_bytes - 1) / word_bytes);
    const std::uint64_t end = concat_ ? first + static_cast<std::uint64_t>(shape.channels) : pixel_;
    channels_.push_back({first, end});
    if (concat_) first = end;
  }
}

std::uint64_t OperandLayout::concat_position(std::uint32_t input, std::uint64_t word) const {
  const Channels& own = channels_[input];
  const std::uint64_t element = word * word_bytes_;
  const std::uint64_t pixel = element / (own.end - own.begin);
  const std::uint64_t channel = own.begin + element % (own.end - own.begin);
  std::uint64_t before = 0;
  for (const Channels& c : channels_) {
    // Elements of this input that go to the output before ours, and the words they begin.
    const std::uint64_t elements =
        pixel * (c.end - c.begin) + std::clamp(channel, c.begin, c.end) - c.begin;
    before += (elements + word_bytes_ - 1) / word_bytes_;
  }
  return before;
}

std::uint64_t OperandLayout::words_below(std::uint32_t input, std::uint64_t words) const {
  std::uint64_t low = 0;
  std::uint64_t high = words_[input];
  while (low < high) {  // the first word at or beyond `words`
    const std::uint64_t middle = low + (high - low) / 2;
    if (word_position(input, middle) < words) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

}  // namespace brownout::accel
