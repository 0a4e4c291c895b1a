// SPDX-License-Identifier: Apache-2.0
// What stays in the processing elements, and how the array is computed (layer 3). All three
// dataflows compute the same product of matrices; they differ in which operand moves.
#pragma once

#include <array>

namespace brownout::accel {

enum class Dataflow {
  kOutputStationary,  ///< os: a result stays, activations and weights stream
  kWeightStationary,  ///< ws: weights stay, activations stream, partial sums move down
  kInputStationary,   ///< is: activations stay, weights stream, partial sums move down
};

inline constexpr std::array<Dataflow, 3> kDataflows = {
    Dataflow::kOutputStationary, Dataflow::kWeightStationary, Dataflow::kInputStationary};

/// "os", "ws" or "is".
[[nodiscard]] constexpr const char* dataflow_name(Dataflow dataflow) {
  switch (dataflow) {
    case Dataflow::kOutputStationary:
      return "os";
    case Dataflow::kWeightStationary:
      return "ws";
    case Dataflow::kInputStationary:
      return "is";
  }
  return "?";
}

/// How the array is computed; the values and their cycles are the same.
enum class ArrayBody {
  kRegister,  ///< register: every product of every element at its cycle; waveforms need it
  kBlock,     ///< block: a fold's products at once, cycles by closed form
};

inline constexpr std::array<ArrayBody, 2> kArrayBodies = {ArrayBody::kRegister, ArrayBody::kBlock};

/// "register" or "block".
[[nodiscard]] constexpr const char* array_body_name(ArrayBody body) {
  return body == ArrayBody::kRegister ? "register" : "block";
}

}  // namespace brownout::accel
