// SPDX-License-Identifier: Apache-2.0
// The parameters of one operand's buffer (layer 3), its protection included: docs/protection.md.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "memory/ecc_config.h"
#include "memory/weak_cell.h"
#include "sim/config/section.h"
#include "sim/config/supply_voltage.h"
#include "sim/core/units.h"

namespace brownout::accel {

/// Spare rows and columns of every macro, assigned by what fails at a voltage.
struct RedundancyConfig {
  std::uint32_t rows = 0;
  std::uint32_t columns = 0;
  config::SupplyVoltage tested_at = {};
};

/// The most significant bits of every byte, in a bank on a rail of its own.
struct SafeBitsConfig {
  std::uint32_t count = 0;
  std::string rail;
};

struct BufferConfig {
  Bytes capacity;
  std::uint32_t banks = 4;
  std::uint32_t ports = 1;  ///< accesses of array and vector unit a bank serves a cycle
  std::string rail;
  memory::EccConfig ecc = {};
  RedundancyConfig redundancy = {};
  std::uint32_t interleave = 1;  ///< memory::CellLayout's
  std::optional<SafeBitsConfig> safe_bits = {};

  /// Of the safe bits' bank; without one the buffer's.
  [[nodiscard]] const std::string& safe_rail() const { return safe_bits ? safe_bits->rail : rail; }
  [[nodiscard]] std::set<std::string> rails() const { return {rail, safe_rail()}; }
};

/// Reads `buffers.GROUP`; findings go to its document, and then the result is not to be used.
[[nodiscard]] BufferConfig read_buffer_config(config::Section buffers, memory::GroupId group);

}  // namespace brownout::accel
