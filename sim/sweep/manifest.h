// SPDX-License-Identifier: Apache-2.0
// manifest.json (layer 5): what a results folder was made from, enough to repeat it and to refuse
// to continue it with anything else.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "memory/cell_layout.h"
#include "sim/sweep/experiment.h"
#include "sim/sweep/point.h"
#include "sim/sweep/provenance.h"

namespace brownout::sweep {

/// Cells of a buffer.
struct BufferArea {
  std::string buffer;
  memory::AreaBits bits;
};

struct Manifest {
  std::string version;
  std::string revision;
  std::string command;       ///< as typed
  std::string kind;          ///< `sweep` or `run`
  std::uint64_t points = 0;  ///< when finished
  std::string engine;
  std::string network;
  std::uint32_t network_crc = 0;
  std::uint64_t parameters = 0;
  std::uint64_t macs = 0;
  std::string generator = kNoGenerator;  ///< in front of the network, and where it runs
  std::string placement = kNoGenerator;
  std::uint32_t generator_crc = 0;  ///< 0 also for one of the zoo
  std::uint64_t generator_parameters = 0;
  std::uint64_t generator_macs = 0;
  std::string dataset;
  std::uint32_t dataset_crc = 0;
  std::string accelerator;
  double clock_hz = 0;
  double peak_macs = 0;              ///< of the array in a cycle
  double dram_bytes_per_second = 0;  ///< at most; 0 when memory is ideal
  std::vector<BufferArea> buffers;
  std::string memory;
  std::string fault_map;  ///< the measured one's file, empty without
  std::uint32_t fault_map_crc = 0;
  std::string measured;      ///< voltages the memory's curve was measured at
  std::string extrapolated;  ///< buffers that are outside them at some point, or `none`
  std::string rail;          ///< the swept one, empty for a run
  std::vector<Source> sources;
  std::string config;  ///< resolved, YAML
};

/// What the machine's buffers take.
[[nodiscard]] std::vector<BufferArea> buffer_areas(const accel::Machine& machine);

/// Describes `experiment` as simulated by this build.
[[nodiscard]] Manifest make_manifest(const Experiment& experiment, const std::string& kind,
                                     const std::string& engine, const std::string& command);

[[nodiscard]] std::string to_json(const Manifest& manifest);
/// Throws InputError naming the file and line or field that is damaged.
[[nodiscard]] Manifest read_manifest(const std::string& path);

/// Throws InputError naming the first thing that makes results of `now` different from those begun
/// as `begun`: build, network, images, engine or configuration.
void require_same(const Manifest& begun, const Manifest& now, const std::string& path);

}  // namespace brownout::sweep
