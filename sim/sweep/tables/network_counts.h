// SPDX-License-Identifier: Apache-2.0
// What one inference of a network costs in each accounting (layer 5).
#pragma once

#include <cstdint>
#include <vector>

#include "models/zoo/untrained.h"
#include "sim/sweep/tables/tables_config.h"

namespace brownout::sweep {

struct NetworkCounts {
  std::string name;
  models::FloatCounts published;  ///< of the float network, by the published definitions
  /// Weight accesses by the paper's accounting: accel::neuralfuse_weight_reads over all layers,
  /// over the weights of a buffer word.
  std::uint64_t accesses = 0;
  std::uint64_t filter_reads = 0;  ///< words our filter buffer gives, counted by the cycle engine
  std::uint64_t macs = 0;          ///< products our array makes
  std::uint64_t cycles = 0;
};

/// All counts, with one payload-free run of the cycle engine. Throws InputError when the machine
/// cannot run the network or it has no layer of the name given for padding.
[[nodiscard]] NetworkCounts count_network(const TableNetwork& network,
                                          const ExperimentConfig& machine);
/// Those of the float network alone, the rest zero.
[[nodiscard]] NetworkCounts count_float_network(const TableNetwork& network);

}  // namespace brownout::sweep
