// SPDX-License-Identifier: Apache-2.0
// The accelerator's parameters (layer 3), as read from configs/accel.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "accel/accounting.h"
#include "accel/buffer_config.h"
#include "accel/conv_geometry.h"
#include "accel/dataflow.h"
#include "memory/chip.h"
#include "memory/delay_law.h"
#include "memory/dram_config.h"
#include "memory/memory_config.h"
#include "memory/sram_geometry.h"
#include "memory/voltage_rail.h"
#include "sim/config/section.h"
#include "sim/core/units.h"

namespace brownout::accel {

/// Processing elements and what they cost.
struct ArrayConfig {
  std::uint32_t rows = 32;
  std::uint32_t cols = 32;
  Dataflow dataflow = Dataflow::kOutputStationary;
  ArrayBody body = ArrayBody::kRegister;
  std::optional<LoopOrder> loop_order;  ///< none: what moves the fewest bytes, layer by layer
  std::uint32_t stream_block = 0;       ///< Mapping's, 0: as with loop_order
  std::string rail = "logic";
  Picojoules energy_per_mac;  ///< at Vmin
  /// Of its slowest path; without one it keeps up with any clock, at the highest voltage only.
  std::optional<memory::DelayLaw> delay;
};

/// Element-wise and pooling unit.
struct VectorConfig {
  std::uint32_t words_per_cycle = 4;  ///< buffer words read a cycle
  Picojoules energy_per_op;           ///< one output element and tap, or one requantisation
};

/// Bus side of the DMA engine.
struct DmaConfig {
  Bytes max_burst{4096};  ///< no transaction crosses a multiple of it
};

/// Whether transfers from and to DRAM take their time. Ideal ones take none; they move, count and
/// cost the same. An ideal ofmap buffer also holds any number of partial sums, so that ws and is
/// need not cut a layer into more folds than the array asks for.
enum class MemoryModel { kModelled, kIdeal };

/// Whether a lower voltage leaves the clock alone or stretches its period.
enum class Clocking { kConstant, kScaled };

/// Whether accesses that meet in a bank of a buffer keep array and vector unit waiting.
enum class BankConflicts { kIdeal, kModelled };

struct AcceleratorConfig {
  std::string name;
  Hertz clock{1e9};
  Accounting accounting = Accounting::kHardware;
  Clocking clocking = Clocking::kConstant;
  ArrayConfig array;
  memory::PerGroup<BufferConfig> buffers;
  VectorConfig vector;
  DmaConfig dma;
  memory::DramConfig dram;
  MemoryModel memory = MemoryModel::kModelled;
  BankConflicts conflicts = BankConflicts::kIdeal;
  std::string energy_source;  ///< publication of the MAC, vector and DRAM energies

  /// Supply rails of array and buffers.
  [[nodiscard]] std::set<std::string> rails() const;
};

/// Reads the section; findings go to its document, and then the result is not to be used.
[[nodiscard]] AcceleratorConfig read_accelerator_config(config::Section section);

/// What both engines simulate: an accelerator built from a memory technology.
struct Machine {
  AcceleratorConfig accelerator;
  memory::MemoryConfig memory;
  std::map<std::string, memory::RampConfig> ramps = {};  ///< of the rails that may change

  /// Geometry of every buffer, check bits included. Throws InputError naming the buffer when its
  /// capacity or banks do not fit the memory's macro, or its error code the words.
  [[nodiscard]] memory::PerGroup<memory::SramGeometry> geometry() const;
  /// The error code of a buffer. Throws as above.
  [[nodiscard]] memory::WordCode code(memory::GroupId group) const;
};

}  // namespace brownout::accel
