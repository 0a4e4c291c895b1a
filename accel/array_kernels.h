// SPDX-License-Identifier: Apache-2.0
// The inner loops of both array bodies (layer 3, internal to them). One table of functions per
// instruction set; all give the same bits and share these layouts:
//
// Columns come in blocks of 16 and operands in quads of four: 64 bytes [column][4] of top operand
// meet four bytes of left operand. Unskewed (block body) a quad is four consecutive k. Skewed
// (register body) it is four consecutive cycles: line j of a block holds top[j - i][i] for its
// column i, so that a row of elements reads one quad per four cycles.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "accel/fast/isa.h"

namespace brownout::accel {

constexpr std::uint32_t kBlockColumns = 16;
constexpr std::uint32_t kQuad = 4;

/// The most cycles of one `SkewedStep`.
constexpr std::uint32_t kLargestStep = 16;

/// Columns rounded up to whole blocks.
[[nodiscard]] constexpr std::uint32_t column_blocks(std::uint32_t columns) {
  return (columns + kBlockColumns - 1) / kBlockColumns;
}

/// One quad of a block, or 16 accumulators.
struct alignas(64) ArrayLine {
  std::array<std::uint8_t, 64> bytes{};
};

/// `bytes` rounded up to an odd number of cache lines: rows of that stride share no cache set.
[[nodiscard]] constexpr std::size_t odd_lines(std::size_t bytes) {
  return ((bytes + sizeof(ArrayLine) - 1) / sizeof(ArrayLine) | 1U) * sizeof(ArrayLine);
}

/// Storage of whole lines, grown and never shrunk: folds of all sizes come and go.
class ArrayBytes {
 public:
  /// Room for `bytes`; contents are lost when it grows.
  void reserve(std::size_t bytes) {
    const std::size_t lines = (bytes + sizeof(ArrayLine) - 1) / sizeof(ArrayLine);
    if (lines > lines_.size()) lines_.assign(lines, ArrayLine{});
  }
  [[nodiscard]] std::uint8_t* data() { return reinterpret_cast<std::uint8_t*>(lines_.data()); }
  [[nodiscard]] const std::uint8_t* data() const {
    return reinterpret_cast<const std::uint8_t*>(lines_.data());
  }

 private:
  std::vector<ArrayLine> lines_;
};

/// One vector's part in a step, in some blocks. With s the quad's number, i the column in the block
/// and n the byte: left[4 s - i + n] meets top[64 s + 4 i + n]. `top` is zero where no operand is;
/// `left` is readable 16 bytes before and 32 behind that.
struct SkewedRow {
  const std::uint8_t* left;  ///< each block further, 16 lower
  const std::uint8_t* top;   ///< each block further, `top_stride` on
  std::int32_t* sums;        ///< [blocks][16]
  std::uint32_t blocks;
  std::uint32_t phase;  ///< cycles of the first quad that have passed before, 0..3
};

/// Some cycles of several vectors.
struct SkewedStep {
  const SkewedRow* rows;
  std::size_t count;
  std::uint32_t cycles;  ///< 1..kLargestStep
  std::ptrdiff_t top_stride;
};

/// out[v][c] = column_initial[c] + vector_initial[v] + sum of left[v][k] * top[k][c], unskewed.
struct GemmTask {
  const std::uint8_t* left;  ///< [vectors], `left_stride` bytes apart, readable in whole quads
  std::ptrdiff_t left_stride;
  std::uint32_t vectors;
  std::uint32_t quads;
  const std::uint8_t* top;  ///< [block][quad][column][4], zero past the depth
  std::uint32_t blocks;
  const std::int32_t* column_initial;  ///< padded to whole blocks
  const std::int32_t* vector_initial;
  std::int32_t* out;  ///< [vectors], `out_stride` elements apart, whole blocks
  std::ptrdiff_t out_stride;
};

/// Four rows of the top operand to a quad of each block, unskewed.
struct InterleaveTask {
  const std::uint8_t* rows;  ///< four, `row_stride` bytes apart, padded to whole blocks
  std::size_t row_stride;
  std::uint8_t* quad;  ///< each block further, `panel` bytes on
  std::size_t panel;
  std::uint32_t blocks;
};

/// The functions of one signedness: weights, which are signed, on top or on the left. The other
/// side's bytes are codes as they are; their zero point is the callers' business.
struct SidedKernels {
  void (*step)(const SkewedStep& task);  ///< adds the products to the rows' sums
  void (*gemm)(const GemmTask& task);
};

struct ArrayKernels {
  SidedKernels top_signed;
  SidedKernels left_signed;
  /// Sums of `quads` quads of signed bytes, by column: [16].
  void (*column_sums)(const std::uint8_t* top, std::size_t quads, std::int32_t* sums);
  /// Sum of `count` signed bytes.
  std::int32_t (*sum)(const std::uint8_t* bytes, std::size_t count);
  void (*interleave)(const InterleaveTask& task);

  [[nodiscard]] const SidedKernels& sided(bool left) const {
    return left ? left_signed : top_signed;
  }
};

/// The kernels of `isa`; throws InputError if this machine cannot run them.
[[nodiscard]] const ArrayKernels& array_kernels(Isa isa);

extern const ArrayKernels kPortableArrayKernels;
#ifdef __x86_64__
extern const ArrayKernels kAvx2ArrayKernels;
extern const ArrayKernels kAvx512ArrayKernels;
/// Serves both tables above.
void interleave_sse2(const InterleaveTask& task);
#endif

}  // namespace brownout::accel
