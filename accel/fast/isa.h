// SPDX-License-Identifier: Apache-2.0
// Which instruction set the fast engine's kernels use (layer 3). All give the same bits.
#pragma once

namespace brownout::accel {

enum class Isa {
  kPortable,    ///< plain C++, any machine
  kAvx2,        ///< 16-bit products added in pairs to 32 bits
  kAvx512Vnni,  ///< four 8-bit products at a time, wrapping
};

/// Whether this machine can run `isa`.
[[nodiscard]] bool is_supported(Isa isa);

/// The fastest supported one.
[[nodiscard]] Isa best_isa();

[[nodiscard]] const char* isa_name(Isa isa);

}  // namespace brownout::accel
