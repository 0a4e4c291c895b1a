// SPDX-License-Identifier: Apache-2.0
#include "fuse/fast_system.h"

#include <algorithm>
#include <utility>

#include "accel/fault_rates.h"
#include "accel/fault_sources.h"
#include "sim/core/thread_pool.h"

namespace brownout::fuse {
namespace {

using accel::Machine;
using accel::OperatingPoint;

bool fails(const memory::FaultRates& rates) { return rates.total() > 0 || rates.level.has_value(); }

bool fails_anywhere(const Machine& machine, const OperatingPoint& phase, Hertz clock) {
  return std::any_of(memory::kGroups.begin(), memory::kGroups.end(), [&](memory::GroupId group) {
    const auto supply = accel::buffer_supply(machine.accelerator.buffers[group], phase);
    const memory::BufferRates rates = accel::buffer_rates(machine, group, supply, clock);
    return fails(rates.own) || fails(rates.safe);
  });
}

/// Whether any layer of the stage meets a cell that fails.
bool fails_in_stage(const Stage& stage, const Machine& machine, const OperatingPoint& point) {
  const Hertz clock = accel::fault_clock(machine, point);
  for (std::uint32_t layer = 0; layer < stage.layers_on_array(); ++layer) {
    if (fails_anywhere(machine, point.at_layer(layer), clock)) return true;
  }
  return false;
}

/// What FastGraph::run gives, as codes.
Codes codes_of(const models::Graph& graph, const std::vector<std::int32_t>& centred) {
  const int zero_point = graph.tensor(graph.output).zero_point;
  Codes codes;
  codes.reserve(centred.size());
  for (const std::int32_t value : centred) {
    codes.push_back(static_cast<std::uint8_t>(value + zero_point));
  }
  return codes;
}

const models::Graph& engine_network(const models::Graph& network, const Stage* stage,
                                    bool settled) {
  return stage != nullptr && settled ? stage->base : network;
}

}  // namespace

bool is_settled(const Stage& stage, const Machine& machine,
                const std::vector<OperatingPoint>& points) {
  switch (stage.placement()) {
    case Placement::kHost:
      return true;
    case Placement::kDedicated: {
      const StageSetup& own = stage.setup;
      return !fails_anywhere(own.machine, own.rails, accel::fault_clock(own.machine, own.rails));
    }
    case Placement::kArray:
      break;
  }
  // Layers have cells by their place in the network, accesses that fail at random are numbered over
  // all of it, cells that forget may hold what the stage left there, and slow ones fail by the
  // clock of all layers.
  const memory::FaultConfig& faults = machine.memory.faults;
  const bool by_layer = faults.mapping == memory::FaultMapping::kOwnCells ||
                        faults.mapping == memory::FaultMapping::kIbmRandomShuffled;
  if (by_layer || accel::changes_with_image(machine) || faults.access_time ||
      faults.uses(memory::Mechanism::kWriteFailure) || faults.uses(memory::Mechanism::kRetention)) {
    return false;
  }
  return std::none_of(points.begin(), points.end(), [&](const OperatingPoint& point) {
    return fails_in_stage(stage, machine, point);
  });
}

FastSystem::FastSystem(const models::Graph& network, const Machine& machine, const Stage* stage,
                       const std::vector<OperatingPoint>& points)
    : stage_(stage),
      settled_(stage == nullptr || is_settled(*stage, machine, points)),
      network_(engine_network(network, stage, settled_)),
      first_layer_(stage != nullptr && settled_ ? stage->layers_on_array() : 0),
      engine_(network_, machine) {
  if (stage == nullptr) return;
  if (settled_) {
    front_.emplace(stage->front);
  } else if (stage->placement() == Placement::kDedicated) {
    own_.emplace(stage->front, stage->setup.machine);
  }
}

std::vector<Codes> FastSystem::prepare(std::vector<Codes> images, std::size_t jobs) const {
  if (!prepares()) return images;
  const accel::FastGraph::Weights weights = front_->pack_clean();
  ThreadPool pool(jobs);
  std::vector<accel::FastGraph::Workspace> workspaces;
  for (std::size_t i = 0; i < pool.size(); ++i) workspaces.emplace_back(*front_);
  pool.parallel_for(images.size(), [&](std::size_t worker, std::size_t i) {
    std::vector<std::int32_t> centred;
    front_->run(weights, images[i].data(), workspaces[worker], centred);
    images[i] = codes_of(stage_->front, centred);
  });
  return images;
}

OperatingPoint FastSystem::rails_of_network(const OperatingPoint& point) const {
  return first_layer_ == 0 ? point : from_layer(point, first_layer_);
}

FastSystem::View FastSystem::view(const memory::Chip& chip, const OperatingPoint& point) const {
  View view{engine_.view(chip, rails_of_network(point))};
  if (own_) {
    view.stage_chip = std::make_unique<const memory::Chip>(make_stage_chip(*stage_, chip.id()));
    view.stage = own_->view(*view.stage_chip, stage_->setup.rails);
  }
  return view;
}

FastSystem::Workspace FastSystem::make_workspace() const {
  Workspace workspace{engine_.make_workspace(), {}};
  if (own_) workspace.stage = own_->make_workspace();
  return workspace;
}

std::uint64_t FastSystem::run(const View& view, const Codes& prepared, Workspace& workspace,
                              std::vector<std::int32_t>& logits, std::uint32_t image) const {
  if (!own_) return engine_.run(view.network, prepared, workspace.network, logits, image);
  own_->run(*view.stage, prepared, *workspace.stage, logits, image);
  const Codes codes = codes_of(stage_->front, logits);
  return engine_.run(view.network, codes, workspace.network, logits, image);
}

}  // namespace brownout::fuse
