// SPDX-License-Identifier: Apache-2.0
// An experiment as configured (layer 5): network, data, machine, rail voltages, and what `run` and
// `sweep` do with them. Free of the network's and the data set's contents.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "accel/accelerator_config.h"
#include "accel/operating_point.h"
#include "fuse/stage.h"
#include "models/data/dataset.h"
#include "sim/config/document.h"
#include "sim/core/index.h"
#include "sim/core/units.h"
#include "sim/sweep/network_config.h"
#include "sim/sweep/rails_config.h"
#include "sim/sweep/variants.h"

namespace brownout::sweep {

/// One operating point for `brownout run`.
struct RunConfig {
  ChipId chip;
  std::size_t images = 100;
};

/// One rail stepped through voltages on several chips, the other rails as configured.
struct SweepConfig {
  std::string rail;
  std::vector<VminRatio> voltages;  ///< falling, no two equal
  ChipId first_chip;
  std::size_t chips = 10;
  std::size_t images = 2000;  ///< the data set's first ones, at every point
  /// At the reference point: the swept rail at the highest measured voltage.
  std::size_t nominal_images = 10000;
  std::string from_layer = {};   ///< the voltages hold from there on; empty: from the first
  std::string until_layer = {};  ///< and end there, which they do not hold in; empty: to the last
};

struct ExperimentConfig {
  NetworkConfig network;
  models::DatasetConfig dataset;  ///< as default where the network is untrained and none is given
  accel::Machine machine;
  accel::OperatingPoint rails;  ///< with its schedule once the network is known
  RunConfig run;
  std::optional<SweepConfig> sweep;
  std::vector<NamedChange> changes = {};  ///< of voltages along the network
  std::vector<Variant> variants = {};     ///< empty for a sweep: it is one of them
  std::optional<fuse::StageSetup> fuse = {};
};

/// What the configuration must hold.
enum class Purpose {
  kRun,
  kSweep,    ///< a `sweep` section, and a network and data set that give accuracy
  kMachine,  ///< accelerator, memory and rails; other keys are the caller's, who has read them
};

/// Reads the whole document. Throws one InputError with all findings of the first stage that has
/// any: the keys by themselves, then what they mean together.
[[nodiscard]] ExperimentConfig read_experiment_config(config::Document& document, Purpose purpose);

}  // namespace brownout::sweep
