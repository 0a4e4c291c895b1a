// SPDX-License-Identifier: Apache-2.0
// When and through which port a fold's words are read and written (layer 3), in fold time
// (probe.h). Closed form, as the array core's timing: operands enter the array in known cycles, and
// a word is read in the cycle in which the first of its elements enters.
//
//         ifmap element (pixel p, k)   filter element (line, lane)   result (p, c)
//   os    row p, p + k                 column lane, line + lane      p + c + depth - 1
//   ws    load + p, whole vector       column lane, load - 1 - line  load + p + c + depth - 1
//   is    column p, load - 1 - k       row lane, load + line + lane  load + p + c + depth - 1
//
// with k counted from the fold's first. Stationary operands move in last row first, which is why
// their times run backwards. With ws one port serves all rows and holds its word from pixel to
// pixel: a pixel's words are read together, and registers delay what belongs to lower rows.
#pragma once

#include <cstdint>

#include "accel/conv_geometry.h"
#include "accel/probe.h"

namespace brownout::accel {

/// Fold time and port of an access.
struct FoldSlot {
  std::uint64_t time = 0;
  std::uint32_t port = 0;
};

/// Of a word of pixel `p` whose first element to enter is `k`; `nth` counts the pixel's words.
[[nodiscard]] inline FoldSlot ifmap_slot(const ConvGeometry& conv, const Fold& fold,
                                         std::uint32_t p, std::uint32_t k, std::uint32_t nth) {
  const std::uint64_t load = conv.load_cycles();
  switch (conv.dataflow()) {
    case Dataflow::kOutputStationary:
      return {std::uint64_t{p} + k - fold.k_begin, p};
    case Dataflow::kWeightStationary:
      return {load + p, nth};
    case Dataflow::kInputStationary:
      return {load - 1 - (k - fold.k_begin), p};
  }
  return {};
}

/// Of the word that begins at weight `lane` of a filter line.
[[nodiscard]] inline FoldSlot filter_slot(const ConvGeometry& conv, std::uint32_t line,
                                          std::uint32_t lane) {
  const std::uint32_t port = lane / conv.mapping().word_bytes;
  if (conv.dataflow() == Dataflow::kWeightStationary) {
    return {std::uint64_t{conv.load_cycles()} - 1 - line, port};
  }
  return {std::uint64_t{conv.load_cycles()} + line + lane, port};
}

/// Of the results of pixel `p` that are complete with channel `c`.
[[nodiscard]] inline FoldSlot result_slot(const ConvGeometry& conv, std::uint32_t p,
                                          std::uint32_t c) {
  const std::uint64_t time = std::uint64_t{conv.load_cycles()} + p + c + conv.depth() - 1;
  return {time, conv.dataflow() == Dataflow::kWeightStationary ? c : p};
}

/// The elements a fold occupies and for how long each multiplies.
[[nodiscard]] inline FoldShape shape_of(const ConvGeometry& conv, const Fold& fold) {
  FoldShape shape;
  shape.start = conv.load_cycles();
  shape.stream = conv.stream(fold);
  switch (conv.dataflow()) {
    case Dataflow::kOutputStationary:
      shape.rows = fold.m_count;
      shape.cols = fold.n_count;
      break;
    case Dataflow::kWeightStationary:
      shape.rows = fold.k_count;
      shape.cols = fold.n_count;
      break;
    case Dataflow::kInputStationary:
      shape.rows = fold.k_count;
      shape.cols = fold.m_count;
      break;
  }
  return shape;
}

}  // namespace brownout::accel
