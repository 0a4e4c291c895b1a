// SPDX-License-Identifier: Apache-2.0
// A buffer's error code as configured (layer 2): which code, and what it costs. Read from `ecc` of
// a buffer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "memory/word_code.h"
#include "sim/config/section.h"
#include "sim/core/units.h"

namespace brownout::memory {

struct EccConfig {
  CodeChoice choice;
  std::uint32_t latency = 0;                     ///< cycles on top of an access
  Picojoules energy_per_gate;                    ///< a two-input gate switching, at Vmin
  std::optional<Picojoules> energy_encode = {};  ///< of a write, instead of gates times the above
  std::optional<Picojoules> energy_decode = {};  ///< of a read
  std::string source = {};                       ///< of latency and energies

  /// Energy of coding one written word at Vmin. A logic estimate: every gate of the code's matrix
  /// switches, unless the configuration knows better.
  [[nodiscard]] Picojoules encode_energy(const WordCode& code) const;
  [[nodiscard]] Picojoules decode_energy(const WordCode& code) const;
};

/// Reads the section; findings go to its document, and then the result is not to be used. Whether
/// the code suits the memory's words is the caller's to ask lanes_of().
[[nodiscard]] EccConfig read_ecc_config(config::Section section);

}  // namespace brownout::memory
