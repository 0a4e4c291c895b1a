// SPDX-License-Identifier: Apache-2.0
// Dice for seeded property tests.
#pragma once

#include <cstdint>
#include <random>

namespace brownout::test_support {

/// Uniform integers that do not depend on the standard library's distributions.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}

  /// A number in [low, high].
  int roll(int low, int high) {
    const auto span = static_cast<std::uint64_t>(static_cast<std::int64_t>(high) - low + 1);
    return static_cast<int>(low + static_cast<std::int64_t>(engine_() % span));
  }
  bool one_in(int n) { return roll(1, n) == 1; }

 private:
  std::mt19937_64 engine_;
};

}  // namespace brownout::test_support
