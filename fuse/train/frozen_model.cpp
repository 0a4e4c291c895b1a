// SPDX-License-Identifier: Apache-2.0
#include "fuse/train/frozen_model.h"

#include <fmt/format.h>
#include <zlib.h>

#include "models/train/schedule.h"
#include "sim/core/error.h"

namespace brownout::fuse {

std::string description(const models::Graph& graph) {
  uLong crc = crc32_z(0, nullptr, 0);
  for (const models::Node& node : graph.nodes) {
    const auto* conv = std::get_if<models::Conv>(&node.operation);
    if (conv == nullptr) continue;
    const void* bytes = conv->weights.data();
    crc = crc32_z(crc, static_cast<const Bytef*>(bytes), conv->weights.size());
  }
  return fmt::format("{} of {} parameters, CRC-32 {:08x}", graph.name,
                     models::parameter_count(graph), crc);
}

void require_classifies(const models::Graph& graph, const models::Dataset& data) {
  const models::Shape& input = graph.tensor(graph.input).shape;
  if (input != data.shape) {
    throw InputError(fmt::format(
        "network '{}' reads images of {}x{}x{} (channels x height x width), data set '{}' has "
        "{}x{}x{}",
        graph.name, input.channels, input.height, input.width, data.name, data.shape.channels,
        data.shape.height, data.shape.width));
  }
  const std::size_t outputs = graph.tensor(graph.output).shape.elements();
  if (outputs < data.class_names.size()) {
    throw InputError(fmt::format("network '{}' tells {} classes apart, data set '{}' has {}",
                                 graph.name, outputs, data.name, data.class_names.size()));
  }
}

FrozenModel::FrozenModel(const models::Graph& graph, const TrainFuseConfig& config)
    : chips_(graph, config.machine, config.faults.rail),
      differentiable_(
          graph,
          models::uses_bfloat16(config.optimization.precision) ? torch::kBFloat16 : torch::kFloat32,
          config.optimization.rounded_activations),
      clean_(differentiable_.clean_weights()) {}

DifferentiableGraph::Weights FrozenModel::read_by(std::uint64_t chip, VminRatio voltage) const {
  const torch::NoGradGuard no_gradients;
  return differentiable_.weights(chips_.weights(chip, voltage));
}

PerturbedModels FrozenModel::perturbed(const StepChips& chips, ThreadPool& pool) const {
  PerturbedModels result{differentiable_, clean_, {}};
  result.perturbed.resize(chips.numbers.size());
  pool.parallel_for(chips.numbers.size(), [&](std::size_t, std::size_t i) {
    result.perturbed[i] = read_by(chips.numbers[i], chips.voltage);
  });
  return result;
}

}  // namespace brownout::fuse
