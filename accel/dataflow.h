// SPDX-License-Identifier: Apache-2.0
// What stays in the processing elements (layer 3). All three dataflows compute the same product of
// matrices; they differ in which operand moves.
#pragma once

namespace brownout::accel {

enum class Dataflow {
  kOutputStationary,  ///< os: a result stays, activations and weights stream
  kWeightStationary,  ///< ws: weights stay, activations stream, partial sums move down
  kInputStationary,   ///< is: activations stay, weights stream, partial sums move down
};

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

}  // namespace brownout::accel
