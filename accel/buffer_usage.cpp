// SPDX-License-Identifier: Apache-2.0
#include "accel/buffer_usage.h"

#include <cstdint>

namespace brownout::accel {
namespace {

using memory::GroupId;

std::uint64_t whole_words(std::uint64_t bytes, std::uint64_t word_bytes) {
  return (bytes + word_bytes - 1) / word_bytes;
}

/// Words a layer's operand fills.
std::uint64_t operand_words(const models::Graph& graph, const models::Node& node,
                            const LayerProgram& layer, GroupId group, std::uint64_t word_bytes) {
  const ConvGeometry* conv = layer.conv();
  if (group == GroupId::kFilter) {
    return conv != nullptr ? whole_words(conv->filter_bytes(), word_bytes) : 0;
  }
  if (group == GroupId::kOfmap) {
    return conv != nullptr ? whole_words(conv->ofmap_bytes(), word_bytes)
                           : layer.vector().output_words();
  }
  std::uint64_t words = 0;
  for (const TensorId input : node.inputs) {
    words += whole_words(graph.tensor(input).shape.elements(), word_bytes);
  }
  return words;
}

double factor_of(const memory::PlacementConfig& placement, const std::string& layer) {
  for (const auto& [name, factor] : placement.sensitivity) {
    if (name == layer) return factor;
  }
  return 1;
}

}  // namespace

std::vector<double> buffer_usage(const models::Graph& graph, const Program& program,
                                 const Machine& machine, GroupId group) {
  const std::uint64_t capacity = machine.geometry()[group].words();
  double everywhere = 0;
  std::vector<double> ends(capacity + 1);  // what ends before each word
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const models::Node& node = graph.nodes[i];
    const std::uint64_t words =
        operand_words(graph, node, program.layers[i], group, program.word_bytes);
    if (words == 0) continue;
    const double each =
        factor_of(machine.memory.faults.placement, node.name) / static_cast<double>(words);
    const std::uint64_t times_around = words / capacity;
    everywhere += each * static_cast<double>(times_around);
    ends[words % capacity] += each;
  }
  std::vector<double> usage(capacity);
  double beyond = 0;
  for (std::uint64_t word = capacity; word-- > 0;) {
    beyond += ends[word + 1];
    usage[word] = everywhere + beyond;
  }
  return usage;
}

}  // namespace brownout::accel
