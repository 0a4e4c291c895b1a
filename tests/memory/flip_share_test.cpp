// SPDX-License-Identifier: Apache-2.0
// The wrong bits a failing cell is expected to give against those that drawn chips give.
#include <gtest/gtest.h>

#include <bitset>
#include <random>

#include "memory/chip_faults.h"

namespace brownout::memory {
namespace {

constexpr double kRate = 0.05;

/// Wrong bits per failing cell in reads of random words.
double measured(const FaultConfig& config) {
  const SramGeometry geometry({512, 64}, Bytes(64UL * 4096), 1);
  const FaultRates rates(kRate);
  const Chip chip(ChipId(3), {geometry, geometry, geometry}, {rates, rates, rates}, config);
  ChipFaults faults(chip, GroupId::kFilter, Storage::kSettled, 0);
  faults.set_rates(rates);
  const FaultMask& mask = faults.reading(0);
  std::mt19937_64 random(11);
  double wrong = 0;
  for (std::uint32_t word = 0; word < geometry.words(); ++word) {
    const std::uint64_t stored = random();
    wrong +=
        static_cast<double>(std::bitset<64>(mask.apply(WordId(word), stored) ^ stored).count());
  }
  return wrong / static_cast<double>(chip.weak_cells(GroupId::kFilter).failing(kRate));
}

/// 105,000 failing cells: four deviations of a share are at most 0.0062.
void expect_as_measured(const FaultConfig& config, double expected) {
  EXPECT_DOUBLE_EQ(config.wrong_bits_per_cell(), expected);
  EXPECT_NEAR(measured(config), expected, 0.0062);
}

FaultConfig only(Mechanism mechanism, double ones, FailProbability probability = {}) {
  FaultConfig config;
  config.mechanisms = {{mechanism, 1, ones, probability}};
  return config;
}

TEST(WrongBitsPerCell, HalfOfThoseThatReadAPreferredState) {
  for (const double ones : {0.0, 0.3, 1.0}) {
    expect_as_measured(only(Mechanism::kStuckAt, ones), 0.5);
    expect_as_measured(only(Mechanism::kWriteFailure, ones), 0.5);
    expect_as_measured(only(Mechanism::kRetention, ones), 0.5);
  }
}

TEST(WrongBitsPerCell, AllOfThoseThatInvert) {
  expect_as_measured(only(Mechanism::kInvertedRead, 0.5), 1);
}

TEST(WrongBitsPerCell, HalfTheFailProbabilityOfRandomReads) {
  expect_as_measured(only(Mechanism::kRandomRead, 0.7, {0.2, 1, 3}), 0.5 * (0.2 + 0.8 * 0.25));
}

TEST(WrongBitsPerCell, MixesByShare) {
  FaultConfig config;
  config.mechanisms = {{Mechanism::kStuckAt, 0.25, 0.5, {}},
                       {Mechanism::kInvertedRead, 0.25, 0.5, {}},
                       {Mechanism::kRandomRead, 0.5, 0.5, {}}};
  expect_as_measured(config, 0.25 * 0.5 + 0.25 + 0.5 * 0.25);
}

}  // namespace
}  // namespace brownout::memory
