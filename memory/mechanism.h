// SPDX-License-Identifier: Apache-2.0
// What a failing cell does (layer 2), by name. docs/faults.md says for each when the bit is wrong;
// a new one is an entry here, its effect in weak_cells.cpp and its name in mechanism.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace brownout::memory {

enum class Mechanism : std::uint8_t {
  kStuckAt,          ///< every read gives the preferred state
  kInvertedRead,     ///< every read gives the opposite of what is stored
  kRandomRead,       ///< a read gives the preferred state with the cell's own probability
  kWriteFailure,     ///< a write leaves what was there
  kRetention,        ///< what is stored decays to the preferred state
  kAccessTime,       ///< too slow for the clock: every read gives the preferred state
  kRandomInversion,  ///< a read gives the opposite of what is stored, with that probability
};

[[nodiscard]] const std::vector<std::pair<std::string, Mechanism>>& mechanism_names();
[[nodiscard]] const char* mechanism_name(Mechanism mechanism);
/// Whether its cells fail some accesses and not others.
[[nodiscard]] constexpr bool is_random(Mechanism mechanism) {
  return mechanism == Mechanism::kRandomRead || mechanism == Mechanism::kRandomInversion;
}

/// How the probability that a failing cell fails an access is spread over cells: a share fails
/// always, the others with a probability of their own from a beta distribution.
struct FailProbability {
  double always = 0;
  double alpha = 1;
  double beta = 1;

  [[nodiscard]] double mean() const { return always + (1 - always) * alpha / (alpha + beta); }
  /// The probability that a share `rank` of the cells exceeds, rank in [0, 1).
  [[nodiscard]] double at(double rank) const;
};

/// One entry of a memory's faults.
struct MechanismConfig {
  Mechanism mechanism = Mechanism::kStuckAt;
  double share = 1;             ///< of the cells that fail by the curve; not for access_time
  double share_of_ones = 0.5;   ///< of these, cells whose preferred state is 1
  FailProbability probability;  ///< of is_random() mechanisms
};

}  // namespace brownout::memory
