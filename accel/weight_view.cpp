// SPDX-License-Identifier: Apache-2.0
#include "accel/weight_view.h"

#include <bitset>

#include "accel/lowering.h"
#include "memory/word_bytes.h"

namespace brownout::accel {
namespace {

/// What the word at a fetch position, `index` of its buffer's mask, delivers without a code.
std::uint64_t plain(const BufferFaults& filter, std::uint32_t index, std::uint64_t written,
                    memory::CodeOutcomes& outcomes) {
  const std::uint64_t delivered = filter.mask.apply(WordId(index), written);
  outcomes.silent += delivered != written ? 1 : 0;
  return delivered;
}

std::uint64_t decoded(const BufferFaults& filter, std::uint64_t position, std::uint64_t written,
                      memory::CodeOutcomes& outcomes) {
  const WordFault fault = filter.word_at(position);
  if (fault.healthy()) return written;
  const memory::Decoded decoded = fault.read(*filter.code, written);
  memory::CodeOutcomes found = filter.code->outcomes(written, decoded);
  found.words = 0;  // counted for all words at once
  outcomes += found;
  return decoded.word;
}

}  // namespace

WeightReader::WeightReader(const models::Conv& conv, const ConvGeometry& geometry)
    : conv_(conv), geometry_(geometry), written_(filter_image(conv, geometry)) {}

WeightsRead WeightReader::read(const BufferFaults& filter) const {
  WeightsRead read{conv_.weights, {}, 0};
  const std::uint64_t lanes = filter.code == nullptr ? 1 : filter.code->lanes().count;
  read.outcomes.words = written_.size() / filter.geometry.macro().word_bytes() * lanes;
  if (filter.healthy()) return read;
  for (std::uint64_t index = 0; index < geometry_.folds(); ++index) {
    const Fold fold = geometry_.fold(index);
    if (!geometry_.first_use_of_filter(fold)) continue;
    for (std::uint32_t line = 0; line < geometry_.filter_lines(fold); ++line) {
      read_line(filter, fold, line, read);
    }
  }
  return read;
}

void WeightReader::read_line(const BufferFaults& filter, const Fold& fold, std::uint32_t line,
                             WeightsRead& read) const {
  const std::uint32_t word_bytes = filter.geometry.macro().word_bytes();
  const std::uint32_t width = geometry_.filter_width(fold);
  const std::uint64_t begin = fold.filter_base + line * fold.filter_pitch;
  const auto words = static_cast<std::uint32_t>(filter.mask.words());
  std::uint32_t word = words == 0 ? 0 : static_cast<std::uint32_t>(begin / word_bytes % words);
  for (std::uint32_t first = 0; first < width; first += word_bytes) {
    const std::uint64_t written = memory::load_word(&written_[begin + first], word_bytes);
    const std::uint64_t delivered = filter.is_coded()
                                        ? decoded(filter, begin + first, written, read.outcomes)
                                        : plain(filter, word, written, read.outcomes);
    if (++word == words) word = 0;
    std::uint64_t wrong = written ^ delivered;
    for (std::uint32_t lane = first; wrong != 0 && lane < width; ++lane, wrong >>= 8) {
      const auto bits = static_cast<std::uint8_t>(wrong);
      if (bits == 0) continue;
      read.flipped_bits += std::bitset<8>(bits).count();
      std::int8_t& weight = read.weights[geometry_.weight_index(fold, line, lane)];
      weight = static_cast<std::int8_t>(weight ^ bits);
    }
  }
}

}  // namespace brownout::accel
