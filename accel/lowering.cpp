// SPDX-License-Identifier: Apache-2.0
#include "accel/lowering.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "accel/transfer_planner.h"
#include "sim/core/error.h"

namespace brownout::accel {
namespace {

using memory::GroupId;
using models::Graph;
using models::Node;

constexpr std::uint64_t kDramAlignment = 64;
constexpr std::uint64_t kVectorWordsPerStep = 512;

/// Fills a Program layer by layer.
class Lowering {
 public:
  Lowering(const Graph& graph, const Machine& machine)
      : graph_(graph), machine_(machine), geometry_(machine.geometry()) {
    const auto& array = machine.accelerator.array;
    array_ = {array.rows, array.cols, machine.memory.macro.word_bytes()};
  }

  Program run() {
    program_.word_bytes = array_.word_bytes;
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
    program_.dram_bytes = (address + bytes + array_.word_bytes + kDramAlignment - 1) /
                          kDramAlignment * kDramAlignment;
    return address;
  }

  void lower_node(const Node& node) {
    layer_ = static_cast<std::uint32_t>(program_.layers.size());
    name_ = node.name;
    first_step_ = static_cast<std::uint32_t>(program_.steps.size());
    first_store_ = static_cast<std::uint32_t>(program_.stores.size());
    ifmap_loads_ = filter_loads_ = static_cast<std::uint32_t>(program_.loads.size());
    ifmap_.emplace(capacity(GroupId::kIfmap), array_.word_bytes, first_step_);
    filter_.emplace(capacity(GroupId::kFilter), array_.word_bytes, first_step_);

    LayerProgram layer{make_geometry(node), {}, 0, program_.tensor_addresses[node.output.value()]};
    for (const TensorId id : node.inputs) {
      layer.input_addresses.push_back(program_.tensor_addresses[id.value()]);
    }
    if (const ConvGeometry* conv = layer.conv()) {
      layer.filter_address = allocate(conv->filter_bytes());
      lower_conv(*conv);
    } else {
      lower_vector(layer.vector());
    }
    program_.layers.push_back(std::move(layer));
  }

  std::variant<ConvGeometry, VectorGeometry> make_geometry(const Node& node) const {
    if (const auto* conv = std::get_if<models::Conv>(&node.operation)) {
      return ConvGeometry(*conv, graph_.tensor(node.inputs.front()).shape, array_);
    }
    return VectorGeometry(graph_, node, array_.word_bytes);
  }

  void lower_conv(const ConvGeometry& conv) {
    for (std::uint32_t index = 0; index < conv.folds(); ++index) {
      const Fold fold = conv.fold(index);
      std::uint32_t begin = 0;
      while (begin < conv.k()) {
        Step step;
        step.fold = index;
        step.begin = begin;
        step.end = chunk_end(conv, fold, begin);
        step.cycles = step.end - step.begin;
        if (step.end == conv.k()) {
          step.cycles += array_.rows + array_.cols - 2;
          step.ofmap = conv.ofmap_extent(fold);
        }
        const std::uint64_t row = conv.filter_row_bytes(fold);
        add_step(step, conv.ifmap_extent(fold, step.begin, step.end),
                 {fold.filter_base + step.begin * row, fold.filter_base + step.end * row});
        begin = step.end;
      }
    }
  }

  /// Largest k range from `begin` on whose operands fit their buffers. A range that must be cut is
  /// cut to half a buffer, so that the next one can be fetched meanwhile.
  std::uint32_t chunk_end(const ConvGeometry& conv, const Fold& fold, std::uint32_t begin) const {
    const std::uint64_t row = conv.filter_row_bytes(fold);
    if (fits(GroupId::kFilter, row * conv.k()) &&
        fits(GroupId::kIfmap, ifmap_bytes(conv, fold, 0, conv.k()))) {
      return conv.k();
    }
    const std::uint64_t by_filter =
        std::max<std::uint64_t>(1, capacity(GroupId::kFilter) / 2 / row);
    std::uint64_t end = std::min<std::uint64_t>(conv.k(), begin + by_filter);
    while (end > begin + 1 && ifmap_bytes(conv, fold, begin, static_cast<std::uint32_t>(end)) >
                                  capacity(GroupId::kIfmap) / 2) {
      end = begin + (end - begin) / 2;
    }
    return static_cast<std::uint32_t>(end);
  }

  std::uint64_t ifmap_bytes(const ConvGeometry& conv, const Fold& fold, std::uint32_t begin,
                            std::uint32_t end) const {
    return conv.ifmap_extent(fold, begin, end).aligned(array_.word_bytes).size();
  }

  void lower_vector(const VectorGeometry& vector) {
    std::uint64_t word = 0;
    while (word < vector.output_words()) {
      std::uint64_t end = std::min(vector.output_words(), word + kVectorWordsPerStep);
      VectorGeometry::Cost cost = vector.cost(word, end);
      while (end > word + 1 &&
             (!fits(GroupId::kIfmap, cost.extent.aligned(array_.word_bytes).size()) ||
              !fits(GroupId::kOfmap, (end - word) * array_.word_bytes))) {
        end = word + (end - word) / 2;
        cost = vector.cost(word, end);
      }
      Step step;
      step.begin = static_cast<std::uint32_t>(word);
      step.end = static_cast<std::uint32_t>(end);
      const std::uint64_t per_cycle = machine_.accelerator.vector.words_per_cycle;
      step.cycles = std::max<std::uint64_t>(1, (cost.reads + per_cycle - 1) / per_cycle);
      step.ofmap = {word * array_.word_bytes, end * array_.word_bytes};
      add_step(step, cost.extent, {});
      word = end;
    }
  }

  void add_step(Step step, Extent ifmap, Extent filter) {
    step.layer = layer_;
    const auto index = static_cast<std::uint32_t>(program_.steps.size());
    add_loads(GroupId::kIfmap, index, ifmap);
    add_loads(GroupId::kFilter, index, filter);
    step.ifmap_loads = ifmap_loads_;
    step.filter_loads = filter_loads_;
    step.stores = first_store_;
    if (!step.ofmap.empty()) {
      check_fits(GroupId::kOfmap, step.ofmap.size());
      step.stores += stores_overwritten_by(step.ofmap);
      program_.stores.push_back({index});
    }
    program_.steps.push_back(step);
  }

  /// Stores of this layer whose positions share addresses with `ofmap` or with earlier ones.
  std::uint32_t stores_overwritten_by(const Extent& ofmap) const {
    const auto first = program_.stores.begin() + first_store_;
    const auto free = std::find_if(first, program_.stores.end(), [&](const Store& store) {
      return program_.steps[store.step].ofmap.begin + capacity(GroupId::kOfmap) >= ofmap.end;
    });
    return static_cast<std::uint32_t>(free - first);
  }

  void add_loads(GroupId group, std::uint32_t step, const Extent& need) {
    check_fits(group, need.aligned(array_.word_bytes).size());
    TransferPlanner& planner = group == GroupId::kIfmap ? *ifmap_ : *filter_;
    const auto requests = planner.require(step, need);
    for (const TransferPlanner::Request& request : requests) {
      // Activations exist once earlier layers are stored; weights always do.
      const std::uint32_t stores = group == GroupId::kIfmap ? first_store_ : 0;
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
  std::uint64_t capacity(GroupId group) const { return geometry_[group].capacity_bytes(); }

  const Graph& graph_;
  const Machine& machine_;
  memory::PerGroup<memory::SramGeometry> geometry_;
  ArrayShape array_;
  Program program_;

  // Of the layer being lowered.
  std::uint32_t layer_ = 0;
  std::string name_;
  std::uint32_t first_step_ = 0;
  std::uint32_t first_store_ = 0;
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
  for (std::uint32_t index = 0; index < geometry.folds(); index += geometry.folds_per_tile()) {
    const Fold fold = geometry.fold(index);
    const std::uint64_t row = geometry.filter_row_bytes(fold);
    for (std::uint32_t k = 0; k < geometry.k(); ++k) {
      for (std::uint32_t c = 0; c < fold.cols; ++c) {
        image[fold.filter_base + k * row + c] =
            static_cast<std::uint8_t>(conv.weights[geometry.weight_index(fold, k, c)]);
      }
    }
  }
  return image;
}

}  // namespace brownout::accel
