// SPDX-License-Identifier: Apache-2.0
// The `fuse` section (layer 4): which generator stands in front of the base network, where it runs
// and at which voltages.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "accel/accelerator_config.h"
#include "fuse/join.h"
#include "sim/config/section.h"
#include "sim/core/units.h"

namespace brownout::fuse {

/// Where a generator runs.
enum class Placement {
  kArray,      ///< on the base network's accelerator, before every image, its rails raised
  kDedicated,  ///< on an accelerator of its own, pipelined with the base network's
  kHost,       ///< elsewhere, at the cost of a table
};
[[nodiscard]] const char* placement_name(Placement placement);

/// A quantised generator from ONNX, or one of the zoo with weights that mean nothing.
struct GeneratorChoice {
  std::filesystem::path file;
  std::string zoo;
  GeneratorOutput output = GeneratorOutput::kPerturbation;

  /// Of the zoo, or the file's stem, on one line.
  [[nodiscard]] std::string name() const;
};

/// What an image costs on the host.
struct HostCost {
  Picoseconds time;
  Picojoules energy;
  std::string source;
};

/// From the stage's memory to the base network's, through a buffer of two images.
struct HandoverConfig {
  std::uint32_t bytes_per_cycle = 16;  ///< of the base accelerator's clock
  Picojoules energy_per_byte;
  std::string source;
};

/// A rail's voltage while the generator runs, as written.
struct StageRail {
  std::string name;
  config::Section section;
  config::SupplyVoltage voltage;
};

struct StageConfig {
  GeneratorChoice generator;
  Placement placement = Placement::kArray;
  std::vector<StageRail> rails;  ///< the others at the memory's highest measured voltage
  std::optional<accel::AcceleratorConfig> accelerator;  ///< dedicated; none: as the base's
  HandoverConfig handover;                              ///< dedicated
  HostCost host;                                        ///< host
};

/// None where the key is missing or the placement `none`. Findings go to the section's document,
/// and then the result is not to be used.
[[nodiscard]] std::optional<StageConfig> read_stage_config(config::Section root);

}  // namespace brownout::fuse
