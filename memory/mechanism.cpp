// SPDX-License-Identifier: Apache-2.0
#include "memory/mechanism.h"

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>

#include "sim/core/error.h"

namespace brownout::memory {

const std::vector<std::pair<std::string, Mechanism>>& mechanism_names() {
  static const std::vector<std::pair<std::string, Mechanism>> kNames = {
      {"stuck_at", Mechanism::kStuckAt},
      {"inverted_read", Mechanism::kInvertedRead},
      {"random_read", Mechanism::kRandomRead},
      {"write_failure", Mechanism::kWriteFailure},
      {"retention", Mechanism::kRetention},
      {"access_time", Mechanism::kAccessTime},
      {"random_inversion", Mechanism::kRandomInversion}};
  return kNames;
}

const char* mechanism_name(Mechanism mechanism) {
  for (const auto& [name, value] : mechanism_names()) {
    if (value == mechanism) return name.c_str();
  }
  throw SimulationError("unknown fault mechanism");
}

double FailProbability::at(double rank) const {
  // The highest ranks fail always, so that a higher rank never fails less.
  if (rank >= 1 - always) return 1;
  return boost::math::ibeta_inv(alpha, beta, std::min(rank / (1 - always), 1 - 0x1p-53));
}

}  // namespace brownout::memory
