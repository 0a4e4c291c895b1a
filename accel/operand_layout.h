// SPDX-License-Identifier: Apache-2.0
// How the input tensors of a vector-unit layer lie in the ifmap buffer (layer 3): word by word, in
// the order in which the output first needs them, equal needs in the order of the inputs. A word
// holds bytes of one tensor only.
//
// For an element-wise sum of n tensors that puts byte b of input i at
// ((b / word) * n + i) * word + b % word. For a concatenation, word w of input i is first needed at
// the output element its first byte becomes, and words of every input that are needed before lie
// before it. So a step, whatever its inputs' channels, needs one short piece of the buffer.
#pragma once

#include <cstdint>
#include <vector>

#include "models/graph.h"

namespace brownout::accel {

class OperandLayout {
 public:
  /// Inputs of `node`; `word_bytes` is the buffer's word.
  OperandLayout(const models::Graph& graph, const models::Node& node, std::uint32_t word_bytes);

  [[nodiscard]] std::uint32_t inputs() const { return static_cast<std::uint32_t>(words_.size()); }

  /// Fetch position, in bytes, of `element` (HWC) of input tensor `input`.
  [[nodiscard]] std::uint64_t position(std::uint32_t input, std::uint64_t element) const {
    return word_position(input, element / word_bytes_) * word_bytes_ + element % word_bytes_;
  }
  /// Words of `input` among the first `words` of the buffer's image; they are its first ones.
  [[nodiscard]] std::uint64_t words_below(std::uint32_t input, std::uint64_t words) const;

  /// First output channel of concatenation input `input`, and the one behind its last; the whole
  /// output for the inputs of anything else.
  struct Channels {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
  };
  [[nodiscard]] const Channels& channels(std::uint32_t input) const { return channels_[input]; }

 private:
  /// Place of word `word` of `input` among the words of all inputs.
  [[nodiscard]] std::uint64_t word_position(std::uint32_t input, std::uint64_t word) const {
    return concat_ ? concat_position(input, word) : word * words_.size() + input;
  }
  [[nodiscard]] std::uint64_t concat_position(std::uint32_t input, std::uint64_t word) const;

  bool concat_;
  std::uint32_t word_bytes_;
  std::uint64_t pixel_ = 0;           // output channels
  std::vector<std::uint64_t> words_;  // of each input
  std::vector<Channels> channels_;    // of each input
};

}  // namespace brownout::accel
