// SPDX-License-Identifier: Apache-2.0
#include "accel/fast/coded_words.h"

#include <fmt/format.h>

#include "sim/core/error.h"

namespace brownout::accel::fast {
namespace {

void check_words(const CodedWords& coded, std::size_t bytes) {
  require(coded.words.empty() || coded.code != nullptr, "coded words have a code");
  for (const CodedWord& word : coded.words) {
    if (word.first + word.count <= bytes) continue;
    throw InputError(fmt::format("a coded word holds bytes {} to {}, the tensor has {}", word.first,
                                 word.first + word.count, bytes));
  }
}

}  // namespace

void apply_words(const CodedWords& coded, const MutableView& tensor) {
  check_words(coded, tensor.layout.shape.elements());
  const std::size_t row_bytes = tensor.layout.row_bytes();
  for (const CodedWord& word : coded.words) {
    read_through(word, *coded.code, [&](std::uint64_t i) -> std::uint8_t& {
      return tensor.bytes[tensor.layout.offset(static_cast<int>(i / row_bytes), 0) + i % row_bytes];
    });
  }
}

void apply_words(const CodedWords& coded, std::vector<std::int32_t>& accumulators) {
  check_words(coded, accumulators.size() * sizeof(std::int32_t));
  auto* bytes = reinterpret_cast<std::uint8_t*>(accumulators.data());  // little endian
  for (const CodedWord& word : coded.words) {
    read_through(word, *coded.code, [&](std::uint64_t i) -> std::uint8_t& { return bytes[i]; });
  }
}

}  // namespace brownout::accel::fast
