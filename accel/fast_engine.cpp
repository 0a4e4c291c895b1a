// SPDX-License-Identifier: Apache-2.0
#include "accel/fast_engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "accel/fault_rates.h"
#include "accel/fault_sources.h"
#include "accel/fault_view.h"
#include "accel/lowering.h"
#include "sim/core/error.h"

namespace brownout::accel {

using memory::GroupId;

namespace {

/// The failing cells of a buffer's words and of their check bits.
struct GroupFaults {
  std::unique_ptr<memory::FaultSource> data;
  std::unique_ptr<memory::FaultSource> check;  ///< null without check bits

  void set_rates(const memory::BufferRates& rates) const {
    data->set_rates(rates);
    if (check != nullptr) check->set_rates(rates);
  }
  [[nodiscard]] const memory::FaultMask* reading_check(std::uint32_t layer) const {
    return check == nullptr ? nullptr : &check->reading(layer);
  }
};

}  // namespace

struct FastEngine::Read {
  std::vector<std::vector<std::int8_t>> weights;  ///< one entry a node
  ActivationFaults activations;
  std::vector<memory::CodeOutcomes> weight_words;
  std::uint64_t flipped = 0;  ///< bits of weights
};

FastEngine::FastEngine(const models::Graph& graph, const Machine& machine)
    : graph_(graph),
      machine_(machine),
      program_(lower(graph, machine)),
      codes_(machine.code(GroupId::kIfmap), machine.code(GroupId::kFilter),
             machine.code(GroupId::kOfmap)),
      fast_(graph) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const auto* conv = std::get_if<models::Conv>(&graph.nodes[i].operation);
    auto& reader = weights_.emplace_back();
    if (conv != nullptr) reader.emplace(*conv, *program_.layers[i].conv());
  }
}

memory::CodeOutcomes FastEngine::View::total_weight_words() const {
  memory::CodeOutcomes sum;
  for (const memory::CodeOutcomes& layer : weight_words) sum += layer;
  return sum;
}

void FastEngine::require_settled(const OperatingPoint& point) const {
  if (const std::string* rail = unsettled_rail(point)) {
    throw InputError(fmt::format(
        "rail '{}' changes its voltage while its cells may keep what another layer left there "
        "(write_failure, retention); allowed: one voltage, or 'engine: cycle'",
        *rail));
  }
}

FastEngine::View FastEngine::view(const memory::Chip& chip, const OperatingPoint& point) const {
  require_settled(point);
  View view = read(chip, point, 0);
  if (changes_with_image(machine_)) view.redraw = Redraw{&chip, point};
  return view;
}

const std::string* FastEngine::unsettled_rail(const OperatingPoint& point) const {
  const memory::FaultConfig& faults = machine_.memory.faults;
  const bool forgets =
      faults.uses(memory::Mechanism::kWriteFailure) || faults.uses(memory::Mechanism::kRetention);
  if (!forgets) return nullptr;
  const auto phases = point.phases();
  for (const GroupId group : memory::kGroups) {
    if (faults.is_measured(group)) continue;
    const BufferConfig& buffer = machine_.accelerator.buffers[group];
    for (const std::string* rail : {&buffer.rail, &buffer.safe_rail()}) {
      const auto changes = [&](const OperatingPoint& phase) {
        return phase.voltage(*rail) != point.voltage(*rail);
      };
      if (std::any_of(phases.begin(), phases.end(), changes)) return rail;
    }
  }
  return nullptr;
}

memory::BufferRates FastEngine::rates_at(GroupId group, const OperatingPoint& at,
                                         Hertz clock) const {
  return buffer_rates(machine_, group, buffer_supply(machine_.accelerator.buffers[group], at),
                      clock);
}

bool FastEngine::fails(const memory::Chip& chip, const OperatingPoint& point, GroupId group) const {
  const Hertz clock = fault_clock(machine_, point);
  const auto phases = point.phases();
  return std::any_of(phases.begin(), phases.end(), [&](const OperatingPoint& phase) {
    return chip.fails(group, rates_at(group, phase, clock));
  });
}

std::vector<std::vector<std::int8_t>> FastEngine::weights_read(const memory::Chip& chip,
                                                               const OperatingPoint& point) const {
  require_settled(point);
  return gather(chip, point, 0).weights;
}

FastEngine::View FastEngine::read(const memory::Chip& chip, const OperatingPoint& point,
                                  std::uint32_t image) const {
  Read read = gather(chip, point, image);
  return {fast_.pack(read.weights), std::move(read.activations), std::move(read.weight_words),
          read.flipped};
}

FastEngine::Read FastEngine::gather(const memory::Chip& chip, const OperatingPoint& point,
                                    std::uint32_t image) const {
  const auto geometry = machine_.geometry();
  memory::PerGroup<GroupFaults> sources;
  for (const GroupId group : memory::kGroups) {
    const FaultContext context{graph_, program_, machine_, chip, image};
    sources[group] = {make_fault_source(context, group, memory::Storage::kSettled),
                      make_check_source(context, group, memory::Storage::kSettled)};
  }
  const Hertz clock = fault_clock(machine_, point);
  const bool faulty_activations =
      fails(chip, point, GroupId::kIfmap) || fails(chip, point, GroupId::kOfmap);

  Read result;
  result.weight_words.resize(graph_.nodes.size());
  result.weights.resize(graph_.nodes.size());
  memory::PerGroup<memory::BufferRates> present;
  for (std::uint32_t i = 0; i < graph_.nodes.size(); ++i) {
    const models::Node& node = graph_.nodes[i];
    const LayerProgram& layer = program_.layers[i];
    const OperatingPoint here = point.at_layer(i);
    for (const GroupId group : memory::kGroups) {
      const memory::BufferRates rates = rates_at(group, here, clock);
      if (i == 0 || rates != present[group]) sources[group].set_rates(rates);
      present[group] = rates;
    }
    const auto buffer = [&](GroupId group) {
      return BufferFaults{geometry[group], sources[group].data->reading(i),
                          sources[group].reading_check(i), &codes_[group]};
    };
    if (weights_[i].has_value()) {
      WeightsRead read = weights_[i]->read(buffer(GroupId::kFilter));
      result.weights[i] = std::move(read.weights);
      result.weight_words[i] = read.outcomes;
      result.flipped += read.flipped_bits;
    }
    if (faulty_activations) {
      NodeFaults faults =
          activation_faults(graph_, node, layer, buffer(GroupId::kIfmap), buffer(GroupId::kOfmap));
      if (!faults.partial_sums.empty()) faults.partial_sums.weights = result.weights[i];
      result.activations.push_back(std::move(faults));
    }
  }
  return result;
}

FastGraph::Workspace FastEngine::make_workspace() const { return FastGraph::Workspace(fast_); }

std::uint64_t FastEngine::run(const View& view, const std::vector<std::uint8_t>& input,
                              FastGraph::Workspace& workspace, std::vector<std::int32_t>& logits,
                              std::uint32_t image) const {
  if (view.redraw) {
    return run(read(*view.redraw->chip, view.redraw->point, image), input, workspace, logits);
  }
  fast_.run(view.weights, input.data(), workspace, logits,
            view.activations.empty() ? nullptr : &view.activations);
  return view.flipped_weight_bits;
}

models::Inference FastEngine::run_all(const View& view, const std::vector<std::uint8_t>& input,
                                      FastGraph::Workspace& workspace, std::uint32_t image) const {
  if (view.redraw) {
    return run_all(read(*view.redraw->chip, view.redraw->point, image), input, workspace);
  }
  return fast_.run_all(view.weights, view.activations.empty() ? nullptr : &view.activations,
                       input.data(), workspace);
}

}  // namespace brownout::accel
