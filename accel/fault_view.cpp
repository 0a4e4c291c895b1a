// SPDX-License-Identifier: Apache-2.0
#include "accel/fault_view.h"

namespace brownout::accel {
namespace {

/// The byte of a fault mask behind a fetch position.
struct ByteMask {
  std::uint8_t keep;
  std::uint8_t flip;
};

ByteMask byte_mask(const BufferFaults& buffer, std::uint64_t position) {
  const std::uint64_t word_bytes = buffer.geometry.macro().word_bytes();
  const std::uint64_t word = position / word_bytes % buffer.mask.words();
  const std::uint64_t shift = position % word_bytes * 8;
  return {static_cast<std::uint8_t>(buffer.mask.keep[word] >> shift),
          static_cast<std::uint8_t>(buffer.mask.flip[word] >> shift)};
}

void append(ByteMasks& masks, const BufferFaults& buffer, std::uint64_t position) {
  const ByteMask mask = byte_mask(buffer, position);
  masks.keep.push_back(mask.keep);
  masks.flip.push_back(mask.flip);
}

ByteMasks input_masks(const models::Shape& shape, const LayerProgram& layer, std::uint32_t input,
                      const BufferFaults& ifmap) {
  ByteMasks masks;
  for (std::uint64_t element = 0; element < shape.elements(); ++element) {
    const bool is_array = layer.conv() != nullptr;
    append(masks, ifmap, is_array ? element : layer.vector().ifmap_position(input, element));
  }
  return masks;
}

ByteMasks conv_output_masks(const ConvGeometry& conv, const BufferFaults& ofmap) {
  const std::uint64_t bytes = conv.element_bytes();
  const std::size_t size = std::size_t{conv.m()} * conv.n() * conv.groups() * bytes;
  ByteMasks masks{std::vector<std::uint8_t>(size), std::vector<std::uint8_t>(size)};
  for (std::uint64_t index = 0; index < conv.folds(); ++index) {
    const Fold fold = conv.fold(index);
    if (!fold.last_k) continue;
    for (std::uint32_t p = 0; p < fold.m_count; ++p) {
      const std::uint64_t position = fold.ofmap_base + p * fold.ofmap_pitch;
      const std::uint64_t first = conv.output_element(fold, p, 0) * bytes;
      for (std::uint64_t b = 0; b < fold.n_count * bytes; ++b) {
        const ByteMask mask = byte_mask(ofmap, position + b);
        masks.keep[first + b] = mask.keep;
        masks.flip[first + b] = mask.flip;
      }
    }
  }
  return masks;
}

FaultySum faulty_sum(const BufferFaults& ofmap, std::uint64_t position, std::uint64_t element) {
  FaultySum sum{element, 0, 0};
  for (std::uint32_t b = 0; b < 4; ++b) {
    const ByteMask mask = byte_mask(ofmap, position + b);
    sum.keep |= std::uint32_t{mask.keep} << (8 * b);
    sum.flip |= std::uint32_t{mask.flip} << (8 * b);
  }
  return sum;
}

PartialSumFaults partial_sum_faults(const ConvGeometry& conv, const BufferFaults& ofmap) {
  PartialSumFaults faults;
  if (conv.k_tiles() == 1) return faults;
  faults.k_tile = conv.fold(0).k_count;
  for (std::uint64_t index = 0; index < conv.folds(); ++index) {
    const Fold fold = conv.fold(index);
    if (!fold.last_k) continue;
    for (std::uint32_t p = 0; p < fold.m_count; ++p) {
      for (std::uint32_t c = 0; c < fold.n_count; ++c) {
        const FaultySum sum =
            faulty_sum(ofmap, fold.ofmap_base + p * fold.ofmap_pitch + std::uint64_t{c} * 4,
                       conv.output_element(fold, p, c));
        if (sum.keep != ~std::uint32_t{0} || sum.flip != 0) faults.sums.push_back(sum);
      }
    }
  }
  return faults;
}

ByteMasks vector_output_masks(const models::Shape& shape, const BufferFaults& ofmap) {
  ByteMasks masks;
  for (std::uint64_t element = 0; element < shape.elements(); ++element) {
    append(masks, ofmap, element);
  }
  return masks;
}

}  // namespace

std::vector<std::int8_t> read_weights(const models::Conv& conv, const ConvGeometry& geometry,
                                      const BufferFaults& filter) {
  std::vector<std::int8_t> weights = conv.weights;
  if (filter.mask.empty()) return weights;
  for (std::uint64_t index = 0; index < geometry.folds(); ++index) {
    const Fold fold = geometry.fold(index);
    if (!geometry.first_use_of_filter(fold)) continue;
    for (std::uint32_t line = 0; line < geometry.filter_lines(fold); ++line) {
      const std::uint64_t position = fold.filter_base + line * fold.filter_pitch;
      geometry.visit_filter_line(
          fold, line,
          [&](std::uint32_t lane, std::uint32_t count, std::size_t weight, std::size_t stride) {
            for (std::uint32_t i = 0; i < count; ++i, weight += stride) {
              const ByteMask mask = byte_mask(filter, position + lane + i);
              weights[weight] = static_cast<std::int8_t>((weights[weight] & mask.keep) ^ mask.flip);
            }
          });
    }
  }
  return weights;
}

NodeFaults activation_faults(const models::Graph& graph, const models::Node& node,
                             const LayerProgram& layer, const BufferFaults& ifmap,
                             const BufferFaults& ofmap) {
  NodeFaults faults;
  faults.inputs.resize(node.inputs.size());
  if (!ifmap.mask.empty()) {
    for (std::uint32_t input = 0; input < node.inputs.size(); ++input) {
      faults.inputs[input] =
          input_masks(graph.tensor(node.inputs[input]).shape, layer, input, ifmap);
    }
  }
  if (!ofmap.mask.empty()) {
    if (layer.conv() != nullptr) faults.partial_sums = partial_sum_faults(*layer.conv(), ofmap);
    faults.output = layer.conv() != nullptr
                        ? conv_output_masks(*layer.conv(), ofmap)
                        : vector_output_masks(graph.tensor(node.output).shape, ofmap);
  }
  return faults;
}

}  // namespace brownout::accel
