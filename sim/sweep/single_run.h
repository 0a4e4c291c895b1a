// SPDX-License-Identifier: Apache-2.0
// The one operating point of `brownout run` (layer 5), on either engine or on both at once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fuse/image_cost.h"
#include "sim/sweep/experiment.h"
#include "sim/sweep/point.h"
#include "sim/sweep/runner.h"

namespace brownout::sweep {

enum class Engine {
  kFast,
  kCycle,
  kBoth,  ///< and everything either of them says must be equal
};
[[nodiscard]] const char* engine_name(Engine engine);
/// Fast, cycle and both, in the order of Engine.
[[nodiscard]] const std::vector<std::string>& engine_names();

/// What was found equal in both engines.
struct Agreement {
  std::uint64_t images = 0;
  std::uint64_t layers = 0;    ///< outputs of a layer for an image
  std::uint64_t elements = 0;  ///< output codes and logits
  std::uint64_t statistics = 0;
};

struct SingleRun {
  PointResult result;
  fuse::ImageCost cost;  ///< of one image
  std::optional<Agreement> agreement;
};

/// A run has no swept rail: its voltage is that of the lowest buffer.
[[nodiscard]] VminRatio lowest_voltage(const ExperimentConfig& config);

/// Simulates `experiment.config.run` at the configured voltages; the fast engine uses all cores.
/// Throws MismatchError naming image, layer, element and address when the engines differ.
[[nodiscard]] SingleRun run_single(const Experiment& experiment, Engine engine,
                                   const Observer& observe);

}  // namespace brownout::sweep
