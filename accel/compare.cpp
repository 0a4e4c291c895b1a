// SPDX-License-Identifier: Apache-2.0
#include "accel/compare.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "sim/core/error.h"

namespace brownout::accel {
namespace {

/// Fetch position of an output element in the ofmap buffer.
std::uint64_t ofmap_position(const LayerProgram& layer, std::uint64_t element) {
  const ConvGeometry* conv = layer.conv();
  if (conv == nullptr) return element;
  for (std::uint64_t index = 0; index < conv->folds(); ++index) {
    const Fold fold = conv->fold(index);
    for (std::uint32_t p = 0; p < fold.m_count; ++p) {
      const std::uint64_t first = conv->output_element(fold, p, 0);
      if (element >= first && element < first + fold.n_count) {
        return fold.ofmap_base + p * fold.ofmap_pitch + (element - first) * conv->element_bytes();
      }
    }
  }
  throw SimulationError("an output element belongs to no fold");
}

std::string place(const models::Graph& graph, const Program& program, const Machine& machine,
                  std::size_t layer, std::uint64_t element) {
  const models::Node& node = graph.nodes[layer];
  const models::Shape& shape = graph.tensor(node.output).shape;
  const auto channels = static_cast<std::uint64_t>(shape.channels);
  const auto width = static_cast<std::uint64_t>(shape.width);
  const auto geometry = machine.geometry()[memory::GroupId::kOfmap];
  const std::uint64_t position = ofmap_position(program.layers[layer], element);
  const memory::WordLocation cell = geometry.locate(geometry.word_of_position(position));
  return fmt::format(
      "layer '{}', element {} (channel {}, row {}, column {}), ofmap macro {} row {} "
      "byte {}",
      node.name, element, element % channels, element / channels / width,
      element / channels % width, cell.macro.value(), cell.row.value(),
      position % geometry.macro().word_bytes());
}

}  // namespace

void require_equal(const models::Graph& graph, const Program& program, const Machine& machine,
                   const models::Inference& fast, const models::Inference& cycle) {
  const auto differ = [&](std::size_t layer, std::size_t element, int a, int b) {
    throw MismatchError(fmt::format("engines differ: {}: fast {}, cycle {}",
                                    place(graph, program, machine, layer, element), a, b));
  };
  if (fast.codes.size() != cycle.codes.size() || fast.logits.size() != cycle.logits.size()) {
    throw MismatchError("engines differ: numbers of layers or logits");
  }
  for (std::size_t layer = 0; layer < fast.codes.size(); ++layer) {
    const std::vector<std::uint8_t>& a = fast.codes[layer];
    const std::vector<std::uint8_t>& b = cycle.codes[layer];
    if (a.size() != b.size()) {
      throw MismatchError(fmt::format("engines differ: layer '{}': fast {} codes, cycle {}",
                                      graph.nodes[layer].name, a.size(), b.size()));
    }
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (a[i] != b[i]) differ(layer, i, a[i], b[i]);
    }
  }
  for (std::size_t i = 0; i < fast.logits.size(); ++i) {
    if (fast.logits[i] != cycle.logits[i]) {
      differ(graph.nodes.size() - 1, i, fast.logits[i], cycle.logits[i]);
    }
  }
}

void require_equal(const RunStatistics& fast, const RunStatistics& cycle) {
  if (fast.layers.size() != cycle.layers.size()) {
    throw MismatchError("engines differ: numbers of layers");
  }
  for (std::size_t layer = 0; layer < fast.layers.size(); ++layer) {
    const auto a = walk(fast.layers[layer]);
    const auto b = walk(cycle.layers[layer]);
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (a[i].second == b[i].second) continue;
      throw MismatchError(fmt::format("engines differ: layer '{}', {}: fast {}, cycle {} {}",
                                      fast.names[layer], a[i].first.name, a[i].second, b[i].second,
                                      a[i].first.unit));
    }
  }
}

}  // namespace brownout::accel
