// SPDX-License-Identifier: Apache-2.0
// The systolic array as plain data (layer 3): operands in as bytes, accumulators out, cycles
// counted. One interface for every dataflow and body; the array module owns one.
//
// A fold is out[v][c] = initial + sum over k of left[v][k] * top[k][c]; product (v, k, c) happens
// in cycle v + k + c. Left operands enter at the left edge and move right, top operands enter at
// the top edge (output stationary) or are held by the elements (weight and input stationary).
// Activations are codes less the zero point, weights are signed; input stationary has the weights
// on the left, the others on top. Sums are 32 bits and wrap.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "accel/dataflow.h"
#include "accel/fast/isa.h"

namespace brownout::accel {

/// Processing elements of an array, each side 1..256.
struct ArrayExtent {
  std::uint32_t rows = 0;
  std::uint32_t cols = 0;
};

/// What a fold uses of the array.
struct CoreFold {
  std::uint32_t vectors = 0;    ///< of left operands; at most the array's rows if output stationary
  std::uint32_t depth = 0;      ///< products per result; at most the rows if not output stationary
  std::uint32_t columns = 0;    ///< at most the array's
  std::int32_t zero_point = 0;  ///< of the activation codes, 0..255
  const std::int32_t* column_initial = nullptr;  ///< [columns], added to every vector; or null
  const std::int32_t* vector_initial = nullptr;  ///< [vectors], to every column; or null
};

/// Registers of one processing element.
struct ElementRegisters {
  std::int16_t left = 0;         ///< as multiplied: a weight, or a code less the zero point
  std::int16_t top = 0;          ///< likewise, passing through or held
  std::int32_t accumulator = 0;  ///< result being summed, or the partial sum passing through
};

class ArrayCore {
 public:
  ArrayCore(Dataflow dataflow, ArrayExtent extent) : dataflow_(dataflow), extent_(extent) {}
  virtual ~ArrayCore() = default;
  ArrayCore(const ArrayCore&) = delete;
  ArrayCore& operator=(const ArrayCore&) = delete;

  /// With weight or input stationary, vectors may be fed this many cycles before theirs.
  static constexpr std::uint32_t kFeedAhead = 64;

  /// Starts a fold at time 0. `column_initial` is copied; `vector_initial` stays the caller's until
  /// the fold ends. Throws SimulationError if the fold does not fit the array.
  void begin_fold(const CoreFold& fold);

  /// Codes or weights [begin, end) of left vector `v`. Output stationary: operand k of every vector
  /// before cycle k passes. Otherwise the whole vector, in ascending order of v, before cycle v
  /// passes.
  virtual void feed_left(std::uint32_t v, std::uint32_t begin, std::uint32_t end,
                         const std::uint8_t* bytes) = 0;

  /// Row k of the top operand, `columns` bytes, in ascending order. Output stationary: before cycle
  /// k passes. Otherwise the whole operand before the first vector.
  virtual void feed_top(std::uint32_t k, const std::uint8_t* bytes) = 0;

  /// Lets `cycles` pass, whose operands have been fed.
  void advance(std::uint32_t cycles);

  /// Accumulators of vector v, one per column. Element c is there once `time()` exceeds
  /// `completion(v, c)`, and until the next fold; with weight or input stationary and the register
  /// body, for rows + cols + 64 cycles.
  [[nodiscard]] virtual const std::int32_t* result(std::uint32_t v) const = 0;

  /// Registers of an element during the last cycle that passed: zero where nothing has arrived,
  /// none with the block body.
  [[nodiscard]] virtual std::optional<ElementRegisters> registers(std::uint32_t row,
                                                                  std::uint32_t column) const = 0;

  /// Cycles of the fold that have passed.
  [[nodiscard]] std::uint32_t time() const { return time_; }
  /// Cycles from the first operand at an edge to the last result: output stationary
  /// depth + rows + cols - 2, otherwise vectors + rows + cols - 2.
  [[nodiscard]] std::uint32_t duration() const;
  /// The cycle in which element (v, c) gets its last product (output stationary) or leaves the
  /// array's bottom edge.
  [[nodiscard]] std::uint32_t completion(std::uint32_t v, std::uint32_t c) const {
    return v + c + (output_stationary() ? fold_.depth : extent_.rows) - 1;
  }
  [[nodiscard]] Dataflow dataflow() const { return dataflow_; }
  [[nodiscard]] const CoreFold& fold() const { return fold_; }

 protected:
  [[nodiscard]] const ArrayExtent& extent() const { return extent_; }
  [[nodiscard]] bool output_stationary() const { return dataflow_ == Dataflow::kOutputStationary; }
  /// Whether the weights, signed bytes, come from the left, and the codes from the top.
  [[nodiscard]] bool left_signed() const { return dataflow_ == Dataflow::kInputStationary; }

 private:
  /// After `fold()` has been set.
  virtual void prepare() = 0;
  /// Cycles from `time()` on.
  virtual void step(std::uint32_t cycles) = 0;

  Dataflow dataflow_;
  ArrayExtent extent_;
  CoreFold fold_;
  std::uint32_t time_ = 0;
};

/// The array; throws InputError if a side is not 1..256 or this machine cannot run `isa`.
[[nodiscard]] std::unique_ptr<ArrayCore> make_array_core(Dataflow dataflow, ArrayBody body,
                                                         ArrayExtent extent, Isa isa = best_isa());

}  // namespace brownout::accel
