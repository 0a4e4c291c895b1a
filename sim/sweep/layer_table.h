// SPDX-License-Identifier: Apache-2.0
// What every layer did at every voltage (layer 5): layers.csv. Data and chips change none of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "accel/accelerator_config.h"
#include "accel/accounting.h"
#include "fuse/image_cost.h"
#include "models/graph.h"
#include "sim/core/units.h"
#include "sim/sweep/point.h"

namespace brownout::sweep {

/// A row: one layer at one voltage of the swept rail, for one image.
struct LayerRow {
  VminRatio voltage;
  std::size_t index = 0;
  std::string name;
  std::vector<std::pair<std::string, std::uint64_t>> statistics;  ///< as accel::walk names them
  NamedEnergies energies;
  std::optional<accel::ScaleSimCounts> scale_sim;  ///< of a convolution, where asked for
};

/// SCALE-Sim's counts of each layer; empty unless the accelerator's accounting asks for them.
using ScaleSimLayers = std::vector<std::optional<accel::ScaleSimCounts>>;
/// Of the layers of `graphs`, one graph after the other.
[[nodiscard]] ScaleSimLayers scale_sim_layers(const std::vector<const models::Graph*>& graphs,
                                              const accel::AcceleratorConfig& accelerator);

/// Rows of one operating point whose swept rail is at `voltage`; `scale_sim` is empty or one per
/// layer.
[[nodiscard]] std::vector<LayerRow> layer_rows(const fuse::ImageCost& cost, VminRatio voltage,
                                               const ScaleSimLayers& scale_sim = {});

void write_layers(const std::string& path, const std::vector<LayerRow>& rows);
/// Throws InputError naming file, line and column, also unless voltages fall and each has all
/// layers in order.
[[nodiscard]] std::vector<LayerRow> read_layers(const std::string& path);

/// Throws InputError unless `layers`, read from `path`, hold what `point` is the sum of.
void require_adds_up(const std::vector<LayerRow>& layers, const PointResult& point,
                     const std::string& path);

}  // namespace brownout::sweep
