// SPDX-License-Identifier: Apache-2.0
#include "accel/lowering.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "accel/mapping_choice.h"
#include "accel/transfer_planner.h"
#include "sim/core/error.h"

namespace brownout::accel {
namespace {

using memory::GroupId;
using models::Graph;
using models::Node;

constexpr std::uint64_t kDramAlignment = 64;
constexpr std::uint64_t kVectorWordsPerStep = 512;
constexpr std::uint64_t kMostFolds = std::uint64_t{1} << 31;
constexpr std::uint64_t kUnlimited = std::uint64_t{1} << 62;

/// Fills a Program layer by layer.
class Lowering {
 public:
  Lowering(const Graph& graph, const Machine& machine)
      : graph_(graph), machine_(machine), geometry_(machine.geometry()) {
    const ArrayConfig& array = machine.accelerator.array;
    mapping_ = {array.rows,
                array.cols,
                machine.memory.macro.word_bytes(),
                array.dataflow,
                LoopOrder::kFilterOuter,
                0};
  }

  Program run() {
    program_.word_bytes = mapping_.word_bytes;
    for (const models::Tensor& tensor : graph_.tensors) {
      const std::uint64_t bytes = tensor.type == models::ElementType::kInt32 ? 4 : 1;
      program_.tensor_addresses.push_back(allocate(tensor.shape.elements() * bytes));
    }
    for (const Node& node : graph_.nodes) lower_node(node);
    return std::move(program_);
  }

 private:
  std::uint64_t allocate(std::uint64_t bytes) {
    const std::uint64_t address = program_.dram_bytes;
    // A whole word more: DMA moves words, also at the ragged end of a tensor.
    program_.dram_bytes = (address + bytes + mapping_.word_bytes + kDramAlignment - 1) /
                          kDramAlignment * kDramAlignment;
    return address;
  }

  void lower_node(const Node& node) {
    layer_ = static_cast<std::uint32_t>(program_.layers.size());
    name_ = node.name;
    start_ = {program_.steps.size(), program_.loads.size(), program_.stores.size()};
    const std::uint64_t output_address = program_.tensor_addresses[node.output.value()];
    std::vector<std::uint64_t> input_addresses;
    for (const TensorId id : node.inputs) {
      input_addresses.push_back(program_.tensor_addresses[id.value()]);
    }
    if (const auto* conv = std::get_if<models::Conv>(&node.operation)) {
      const models::Shape& input = graph_.tensor(node.inputs.front()).shape;
      const ConvGeometry geometry = map_conv(*conv, input);
      program_.ofmap_bytes = std::max(program_.ofmap_bytes, geometry.ofmap_bytes());
      program_.layers.push_back({geometry, std::move(input_addresses),
                                 allocate(geometry.filter_bytes()), output_address});
    } else {
      const VectorGeometry geometry(graph_, node, mapping_.word_bytes);
      lower_vector(geometry);
      program_.ofmap_bytes =
          std::max(program_.ofmap_bytes, geometry.output_words() * mapping_.word_bytes);
      program_.layers.push_back({geometry, std::move(input_addresses), 0, output_address});
    }
  }

  /// Lowers the layer with the mapping that moves the fewest bytes to and from DRAM, of those the
  /// one with the fewest array cycles.
  ConvGeometry map_conv(const models::Conv& conv, const models::Shape& input) {
    std::optional<ConvGeometry> best;
    std::optional<MappingCost> best_cost;
    std::optional<InputError> refusal;
    const std::vector<Mapping> candidates =
        candidate_mappings(conv, input, machine_.accelerator, mapping_, geometry_[GroupId::kOfmap]);
    for (const Mapping& mapping : candidates) {
      const ConvGeometry geometry(conv, input, mapping);
      try {
        lower_conv(geometry);
      } catch (const InputError& error) {
        if (!refusal) refusal = error;
        continue;
      }
      const MappingCost cost = layer_cost();
      if (!best_cost || cost < *best_cost) {
        best_cost = cost;
        best.emplace(geometry);
      }
      // Nothing moves less than every operand once.
      if (cost.load_bytes <= input.elements() + best->filter_bytes()) break;
    }
    if (!best) throw InputError(refusal->what());
    lower_conv(*best);
    if (conflicts_count()) add_fold_conflicts(*best);
    return *best;
  }

  MappingCost layer_cost() const {
    MappingCost cost;
    for (std::size_t i = start_.loads; i < program_.loads.size(); ++i) {
      cost.load_bytes += program_.loads[i].extent.size();
    }
    for (std::size_t i = start_.steps; i < program_.steps.size(); ++i) {
      cost.cycles += program_.steps[i].cycles;
    }
    return cost;
  }

  bool conflicts_count() const {
    return machine_.accelerator.conflicts == BankConflicts::kModelled;
  }

  BankedBuffer banked(GroupId group) const {
    return {geometry_[group], machine_.accelerator.buffers[group].ports};
  }

  void add_fold_conflicts(const ConvGeometry& conv) {
    const memory::PerGroup<BankedBuffer> buffers = {
        banked(GroupId::kIfmap), banked(GroupId::kFilter), banked(GroupId::kOfmap)};
    for (std::size_t i = start_.steps; i < program_.steps.size(); ++i) {
      Step& step = program_.steps[i];
      const Fold fold = conv.fold(step.fold);
      if (step.end == conv.stream(fold)) step.conflicts = fold_conflicts(conv, fold, buffers);
    }
  }

  /// Forgets what was lowered of the layer so far.
  void restart_layer() {
    program_.steps.resize(start_.steps);
    program_.loads.resize(start_.loads);
    program_.stores.resize(start_.stores);
    ifmap_loads_ = filter_loads_ = static_cast<std::uint32_t>(start_.loads);
    const auto first_step = static_cast<std::uint32_t>(start_.steps);
    ifmap_.emplace(capacity(GroupId::kIfmap), mapping_.word_bytes, first_step);
    filter_.emplace(capacity(GroupId::kFilter), mapping_.word_bytes, first_step);
  }

  void lower_conv(const ConvGeometry& conv) {
    restart_layer();
    if (conv.folds() > kMostFolds) {
      throw InputError(
          fmt::format("layer '{}': {} folds, at most {} are possible; a larger "
                      "accelerator.array needs fewer",
                      name_, conv.folds(), kMostFolds));
    }
    for (std::uint32_t index = 0; index < conv.folds(); ++index) {
      const Fold fold = conv.fold(index);
      check_fits(GroupId::kOfmap, fold.ofmap().size());
      std::uint32_t begin = 0;
      while (begin < conv.stream(fold)) begin = add_fold_step(conv, fold, index, begin);
    }
  }

  /// Adds the step that streams from vector `begin` on; returns where the next one begins.
  std::uint32_t add_fold_step(const ConvGeometry& conv, const Fold& fold, std::uint32_t index,
                              std::uint32_t begin) {
    Step step;
    step.fold = index;
    step.begin = begin;
    step.end = chunk_end(conv, fold, begin);
    step.cycles = step.end - step.begin;
    const bool first = begin == 0;
    const bool last = step.end == conv.stream(fold);
    if (first) step.cycles += conv.load_cycles();
    if (last) step.cycles += mapping_.rows + mapping_.cols - 2;
    if (last && fold.last_k) step.ofmap = fold.ofmap();
    // The first result leaves the array with the last step in os, soon after the first in ws and
    // is.
    const bool writes_begin =
        conv.dataflow() == Dataflow::kOutputStationary ? last : first && fold.first_k();
    add_step(step, {conv.ifmap_extent(fold, step.begin, step.end),
                    conv.filter_extent(fold, step.begin, step.end),
                    writes_begin ? fold.ofmap() : Extent{}});
    return step.end;
  }

  /// Largest stream range from `begin` on whose operands fit their buffers. What must be cut is cut
  /// to half a buffer, so that the next range can be fetched meanwhile.
  std::uint32_t chunk_end(const ConvGeometry& conv, const Fold& fold, std::uint32_t begin) const {
    const std::uint32_t stream = conv.stream(fold);
    const auto fits_into = [&](std::uint32_t end, std::uint64_t share) {
      const auto within = [&](GroupId group, const Extent& extent, bool streams) {
        return extent.aligned(mapping_.word_bytes).size() <=
               capacity(group) / (streams ? share : 1);
      };
      return within(GroupId::kIfmap, conv.ifmap_extent(fold, begin, end),
                    conv.dataflow() != Dataflow::kInputStationary) &&
             within(GroupId::kFilter, conv.filter_extent(fold, begin, end),
                    conv.dataflow() != Dataflow::kWeightStationary);
    };
    if (fits_into(stream, begin == 0 ? 1 : 2)) return stream;
    std::uint32_t fitting = begin + 1;  // or too large by itself, which add_step says
    std::uint32_t beyond = stream;
    while (beyond - fitting > 1) {
      const std::uint32_t middle = fitting + (beyond - fitting) / 2;
      (fits_into(middle, 2) ? fitting : beyond) = middle;
    }
    return fitting;
  }

  void lower_vector(const VectorGeometry& vector) {
    restart_layer();
    std::uint64_t word = 0;
    while (word < vector.output_words()) {
      std::uint64_t end = std::min(vector.output_words(), word + kVectorWordsPerStep);
      VectorGeometry::Cost cost = vector.cost(word, end);
      while (end > word + 1 &&
             (!fits(GroupId::kIfmap, cost.extent.aligned(mapping_.word_bytes).size()) ||
              !fits(GroupId::kOfmap, (end - word) * mapping_.word_bytes))) {
        end = word + (end - word) / 2;
        cost = vector.cost(word, end);
      }
      Step step;
      step.begin = static_cast<std::uint32_t>(word);
      step.end = static_cast<std::uint32_t>(end);
      const std::uint64_t per_cycle = machine_.accelerator.vector.words_per_cycle;
      step.cycles = std::max<std::uint64_t>(1, (cost.reads + per_cycle - 1) / per_cycle);
      step.ofmap = {word * mapping_.word_bytes, end * mapping_.word_bytes};
      if (conflicts_count()) {
        step.conflicts[GroupId::kIfmap] =
            vector_conflicts(vector, word, end, machine_.accelerator.vector.words_per_cycle,
                             banked(GroupId::kIfmap));
      }
      check_fits(GroupId::kOfmap, step.ofmap.size());
      add_step(step, {cost.extent, {}, step.ofmap});
      word = end;
    }
  }

  /// What a step needs of the buffers: operands to read, ofmap space that must be free from it on.
  struct Needs {
    Extent ifmap;
    Extent filter;
    Extent ofmap;
  };

  void add_step(Step step, const Needs& needs) {
    step.layer = layer_;
    const auto index = static_cast<std::uint32_t>(program_.steps.size());
    add_loads(GroupId::kIfmap, index, needs.ifmap);
    add_loads(GroupId::kFilter, index, needs.filter);
    step.ifmap_loads = ifmap_loads_;
    step.filter_loads = filter_loads_;
    step.stores = static_cast<std::uint32_t>(start_.stores);
    if (!needs.ofmap.empty()) step.stores += stores_overwritten_by(needs.ofmap);
    if (!step.ofmap.empty()) program_.stores.push_back({index});
    program_.steps.push_back(step);
  }

  /// Stores of this layer whose positions share addresses with `ofmap` or with earlier ones.
  std::uint32_t stores_overwritten_by(const Extent& ofmap) const {
    const auto first = program_.stores.begin() + static_cast<std::ptrdiff_t>(start_.stores);
    const auto free = std::find_if(first, program_.stores.end(), [&](const Store& store) {
      return program_.steps[store.step].ofmap.begin + capacity(GroupId::kOfmap) >= ofmap.end;
    });
    return static_cast<std::uint32_t>(free - first);
  }

  void add_loads(GroupId group, std::uint32_t step, const Extent& need) {
    check_fits(group, need.aligned(mapping_.word_bytes).size());
    TransferPlanner& planner = group == GroupId::kIfmap ? *ifmap_ : *filter_;
    const auto requests = planner.require(step, need);
    for (const TransferPlanner::Request& request : requests) {
      // Activations exist once earlier layers are stored; weights always do.
      const auto stores = static_cast<std::uint32_t>(group == GroupId::kIfmap ? start_.stores : 0);
      program_.loads.push_back({layer_, group, request.extent, request.after_steps, stores});
    }
    if (requests.empty()) return;
    (group == GroupId::kIfmap ? ifmap_loads_ : filter_loads_) =
        static_cast<std::uint32_t>(program_.loads.size());
  }

  void check_fits(GroupId group, std::uint64_t bytes) const {
    if (fits(group, bytes)) return;
    throw InputError(fmt::format(
        "layer '{}': one step needs {} bytes in the {} buffer, accelerator.buffers.{}.capacity is "
        "{} bytes",
        name_, bytes, memory::group_name(group), memory::group_name(group), capacity(group)));
  }

  bool fits(GroupId group, std::uint64_t bytes) const { return bytes <= capacity(group); }
  std::uint64_t capacity(GroupId group) const {
    if (group == GroupId::kOfmap && machine_.accelerator.memory == MemoryModel::kIdeal) {
      return kUnlimited;
    }
    return geometry_[group].capacity_bytes();
  }

  const Graph& graph_;
  const Machine& machine_;
  memory::PerGroup<memory::SramGeometry> geometry_;
  Mapping mapping_;
  Program program_;

  // Of the layer being lowered.
  std::uint32_t layer_ = 0;
  std::string name_;
  struct {
    std::size_t steps = 0, loads = 0, stores = 0;
  } start_;  ///< sizes of the program before the layer
  std::uint32_t ifmap_loads_ = 0;
  std::uint32_t filter_loads_ = 0;
  std::optional<TransferPlanner> ifmap_;
  std::optional<TransferPlanner> filter_;
};

}  // namespace

Program lower(const Graph& graph, const Machine& machine) {
  models::validate(graph);
  return Lowering(graph, machine).run();
}

std::vector<std::uint8_t> filter_image(const models::Conv& conv, const ConvGeometry& geometry) {
  std::vector<std::uint8_t> image(geometry.filter_bytes(), 0);
  for (std::uint64_t index = 0; index < geometry.folds(); ++index) {
    const Fold fold = geometry.fold(index);
    if (!geometry.first_use_of_filter(fold)) continue;
    for (std::uint32_t line = 0; line < geometry.filter_lines(fold); ++line) {
      std::uint8_t* bytes = &image[fold.filter_base + line * fold.filter_pitch];
      geometry.visit_filter_line(
          fold, line,
          [&](std::uint32_t lane, std::uint32_t count, std::size_t weight, std::size_t stride) {
            for (std::uint32_t i = 0; i < count; ++i, weight += stride) {
              bytes[lane + i] = static_cast<std::uint8_t>(conv.weights[weight]);
            }
          });
    }
  }
  return image;
}

}  // namespace brownout::accel
