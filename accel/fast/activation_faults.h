// SPDX-License-Identifier: Apache-2.0
// Failing cells of the activation buffers as the fast engine applies them (layer 3): byte masks
// over the codes a node reads and the codes it leaves, or, where a buffer has an error code, the
// words that have failing cells. A tensor read by two nodes lies at different addresses for each,
// so each sees it differently.
#pragma once

#include <cstdint>
#include <vector>

#include "memory/word_code.h"

namespace brownout::accel {

/// read = (stored & keep) ^ flip, one byte per code in HWC order; both empty: no failing cells.
/// A node that leaves raw accumulators has four bytes per element, little endian.
struct ByteMasks {
  std::vector<std::uint8_t> keep;
  std::vector<std::uint8_t> flip;
};

/// The cells of one word and of its check bits: read = (stored & keep) ^ flip.
struct WordFault {
  std::uint64_t keep = ~std::uint64_t{0};
  std::uint64_t flip = 0;
  std::uint64_t check_keep = ~std::uint64_t{0};
  std::uint64_t check_flip = 0;

  [[nodiscard]] bool healthy() const {
    return ~keep == 0 && flip == 0 && ~check_keep == 0 && check_flip == 0;
  }
  /// What the buffer makes of a word written as `word`.
  [[nodiscard]] memory::Decoded read(const memory::WordCode& code, std::uint64_t word) const {
    return code.decode((word & keep) ^ flip, (code.encode(word) & check_keep) ^ check_flip);
  }
};

/// A word that holds `count` bytes of a tensor in HWC order from byte `first` on, then zeros.
struct CodedWord {
  std::uint64_t first = 0;
  std::uint32_t count = 0;
  WordFault fault;
};

/// The words with failing cells that hold a tensor.
struct CodedWords {
  std::vector<CodedWord> words;
  const memory::WordCode* code = nullptr;  ///< outlives this; set where there are words
};

/// A tensor as a buffer gives it: masks without an error code, words with one.
struct TensorFaults {
  ByteMasks masks;
  CodedWords coded;

  [[nodiscard]] bool empty() const {
    return masks.keep.empty() && masks.flip.empty() && coded.words.empty();
  }
};

/// A sum whose partial sums lie in failing cells: read = (stored & keep) ^ flip.
struct FaultySum {
  std::uint64_t element = 0;  ///< of the output tensor, HWC
  std::uint32_t keep = 0;
  std::uint32_t flip = 0;
};

/// Sums of one pixel whose partial sums share coded words with failing cells.
struct CodedSums {
  std::uint64_t element = 0;  ///< the first, of the output tensor, HWC
  std::uint32_t count = 0;
  CodedWords coded;  ///< bytes counted from the first sum's
};

/// Partial sums of a convolution that pass through the ofmap buffer after every `k_tile` kernel
/// elements (taps outermost, channels innermost) but the last ones.
struct PartialSumFaults {
  std::vector<FaultySum> sums;
  std::vector<CodedSums> coded;  ///< instead, with an error code
  std::uint32_t k_tile = 0;
  std::vector<std::int8_t> weights;  ///< as read, in the order of models::Conv::weights

  [[nodiscard]] bool empty() const { return sums.empty() && coded.empty(); }
};

struct NodeFaults {
  std::vector<TensorFaults> inputs;  ///< one per input of the node, or none at all
  TensorFaults output;
  PartialSumFaults partial_sums;
};

/// One entry per node of the graph.
using ActivationFaults = std::vector<NodeFaults>;

}  // namespace brownout::accel
