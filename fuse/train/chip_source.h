// SPDX-License-Identifier: Apache-2.0
// The chips a generator is trained and measured on (layer 4): those the simulator builds for the
// same numbers, with one rail lowered. Free of libtorch.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "accel/accelerator_config.h"
#include "accel/chip_maker.h"
#include "accel/fast_engine.h"
#include "accel/operating_point.h"
#include "models/graph.h"

namespace brownout::fuse {

/// The voltage at which `rate` of the cells fail. Throws InputError when the curve has no such
/// voltage, naming its rates.
[[nodiscard]] VminRatio voltage_at(const memory::VoltageCurve& curve, double rate);

/// One network on one machine; safe to use from several threads.
class ChipSource {
 public:
  /// Weight codes, one entry a node in the order of models::Conv::weights, empty but for
  /// convolutions.
  using Weights = std::vector<std::vector<std::int8_t>>;

  /// `graph` and `machine` must outlive it. Throws InputError when the machine cannot run the
  /// graph.
  ChipSource(const models::Graph& graph, const accel::Machine& machine, std::string rail);

  /// All rails at the curve's reference but the lowered one.
  [[nodiscard]] accel::OperatingPoint point(VminRatio voltage) const;

  /// What chip `number` makes of the network's weights.
  [[nodiscard]] Weights weights(std::uint64_t number, VminRatio voltage) const;

  /// Share of `inputs` (codes in HWC order) that it classifies as `labels` say, on all cores.
  [[nodiscard]] double accuracy(std::uint64_t number, VminRatio voltage,
                                const std::vector<std::vector<std::uint8_t>>& inputs,
                                const std::vector<int>& labels) const;

  [[nodiscard]] const models::Graph& graph() const { return graph_; }

 private:
  [[nodiscard]] memory::Chip chip(std::uint64_t number, const accel::OperatingPoint& at) const;

  const models::Graph& graph_;
  const accel::Machine& machine_;
  std::string rail_;
  accel::FastEngine engine_;
  accel::ChipMaker maker_;
};

}  // namespace brownout::fuse
