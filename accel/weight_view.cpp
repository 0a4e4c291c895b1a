// SPDX-License-Identifier: Apache-2.0
#include "accel/weight_view.h"

#include <algorithm>

namespace brownout::accel {
namespace {

/// One line of the filter buffer after the other, word by word.
class LineReader {
 public:
  explicit LineReader(const BufferFaults& filter)
      : filter_(filter),
        plain_({}, filter.geometry.macro().word_bits),
        code_(filter.code == nullptr ? plain_ : *filter.code),
        word_bytes_(filter.geometry.macro().word_bytes()) {}

  /// Whether a line of `bytes` from `position` on has failing cells; finds them.
  bool enter(std::uint64_t position, std::uint32_t bytes) {
    words_.clear();
    for (std::uint32_t at = 0; at < bytes; at += word_bytes_) {
      const WordFault fault = filter_.word_at(position + at);
      if (!fault.healthy()) words_.push_back({at, std::min(word_bytes_, bytes - at), fault});
    }
    return !words_.empty();
  }
  /// Passes the line's bytes through its failing cells and the code.
  void read(std::vector<std::uint8_t>& line, memory::CodeOutcomes& outcomes) const {
    for (const CodedWord& word : words_) {
      std::uint64_t written = 0;
      for (std::uint32_t b = 0; b < word.count; ++b) {
        written |= std::uint64_t{line[word.first + b]} << 8 * b;
      }
      const memory::Decoded decoded = word.fault.read(code_, written);
      for (std::uint32_t b = 0; b < word.count; ++b) {
        line[word.first + b] = static_cast<std::uint8_t>(decoded.word >> 8 * b);
      }
      memory::CodeOutcomes found = code_.outcomes(written, decoded);
      found.words = 0;  // counted for all words at once
      outcomes += found;
    }
  }
  [[nodiscard]] std::uint64_t code_words(std::uint64_t bytes) const {
    return bytes / word_bytes_ * code_.lanes().count;
  }

 private:
  const BufferFaults& filter_;
  memory::WordCode plain_;
  const memory::WordCode& code_;
  std::uint32_t word_bytes_;
  std::vector<CodedWord> words_;  ///< with failing cells
};

}  // namespace

WeightsRead read_weights(const models::Conv& conv, const ConvGeometry& geometry,
                         const BufferFaults& filter) {
  LineReader reader(filter);
  WeightsRead read{conv.weights, {}};
  read.outcomes.words = reader.code_words(geometry.filter_bytes());
  if (filter.healthy()) return read;
  std::vector<std::uint8_t> line;
  for (std::uint64_t index = 0; index < geometry.folds(); ++index) {
    const Fold fold = geometry.fold(index);
    if (!geometry.first_use_of_filter(fold)) continue;
    line.resize(geometry.filter_width(fold));
    for (std::uint32_t i = 0; i < geometry.filter_lines(fold); ++i) {
      const std::uint64_t position = fold.filter_base + i * fold.filter_pitch;
      if (!reader.enter(position, geometry.filter_width(fold))) continue;
      const auto each_weight = [&](auto visit) {
        geometry.visit_filter_line(
            fold, i,
            [&](std::uint32_t lane, std::uint32_t count, std::size_t weight, std::size_t stride) {
              for (std::uint32_t j = 0; j < count; ++j, weight += stride) visit(lane + j, weight);
            });
      };
      each_weight([&](std::uint32_t lane, std::size_t weight) {
        line[lane] = static_cast<std::uint8_t>(conv.weights[weight]);
      });
      reader.read(line, read.outcomes);
      each_weight([&](std::uint32_t lane, std::size_t weight) {
        read.weights[weight] = static_cast<std::int8_t>(line[lane]);
      });
    }
  }
  return read;
}

}  // namespace brownout::accel
