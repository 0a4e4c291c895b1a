// SPDX-License-Identifier: Apache-2.0
#include "accel/fault_view.h"

#include <algorithm>
#include <utility>

namespace brownout::accel {
namespace {

/// Collects what a tensor's bytes go through: masks, or words where there is a code.
class TensorCollector {
 public:
  TensorCollector(const BufferFaults& buffer, std::uint64_t bytes) : buffer_(buffer) {
    if (buffer.is_coded()) {
      faults_.coded.code = buffer.code;
      return;
    }
    faults_.masks.keep.resize(bytes);
    faults_.masks.flip.resize(bytes);
  }

  /// Bytes [first, first + count) of the tensor lie together from `position` on, a word's begin.
  void add(std::uint64_t first, std::uint64_t count, std::uint64_t position) {
    const std::uint64_t word_bytes = buffer_.geometry.macro().word_bytes();
    for (std::uint64_t at = 0; at < count; at += word_bytes) {
      const auto part = static_cast<std::uint32_t>(std::min(word_bytes, count - at));
      if (buffer_.is_coded()) {
        const WordFault fault = buffer_.word_at(position + at);
        if (!fault.healthy()) faults_.coded.words.push_back({first + at, part, fault});
        continue;
      }
      for (std::uint64_t b = at; b < at + part; ++b) {
        const ByteMask mask = buffer_.byte_at(position + b);
        faults_.masks.keep[first + b] = mask.keep;
        faults_.masks.flip[first + b] = mask.flip;
      }
    }
  }
  [[nodiscard]] TensorFaults take() { return std::move(faults_); }

 private:
  const BufferFaults& buffer_;
  TensorFaults faults_;
};

/// A word of the ifmap buffer holds neighbouring codes of one tensor, whatever the layer.
TensorFaults input_faults(const models::Shape& shape, const LayerProgram& layer,
                          std::uint32_t input, const BufferFaults& ifmap) {
  TensorCollector tensor(ifmap, shape.elements());
  const std::uint64_t word_bytes = ifmap.geometry.macro().word_bytes();
  for (std::uint64_t first = 0; first < shape.elements(); first += word_bytes) {
    const bool is_array = layer.conv() != nullptr;
    tensor.add(first, std::min<std::uint64_t>(word_bytes, shape.elements() - first),
               is_array ? first : layer.vector().ifmap_position(input, first));
  }
  return tensor.take();
}

TensorFaults conv_output_faults(const ConvGeometry& conv, const BufferFaults& ofmap) {
  const std::uint64_t bytes = conv.element_bytes();
  TensorCollector tensor(ofmap, std::uint64_t{conv.m()} * conv.n() * conv.groups() * bytes);
  for (std::uint64_t index = 0; index < conv.folds(); ++index) {
    const Fold fold = conv.fold(index);
    if (!fold.last_k) continue;
    for (std::uint32_t p = 0; p < fold.m_count; ++p) {
      tensor.add(conv.output_element(fold, p, 0) * bytes, fold.n_count * bytes,
                 fold.ofmap_base + p * fold.ofmap_pitch);
    }
  }
  return tensor.take();
}

TensorFaults vector_output_faults(const models::Shape& shape, const BufferFaults& ofmap) {
  TensorCollector tensor(ofmap, shape.elements());
  tensor.add(0, shape.elements(), 0);
  return tensor.take();
}

constexpr std::uint32_t kSumBytes = 4;

/// Partial sums of one pixel, from `position` on.
struct SumRow {
  std::uint64_t element = 0;
  std::uint32_t count = 0;
  std::uint64_t position = 0;
};

void add_sums(PartialSumFaults& faults, const SumRow& row, const BufferFaults& ofmap) {
  for (std::uint32_t c = 0; c < row.count; ++c) {
    FaultySum sum{row.element + c, 0, 0};
    for (std::uint32_t b = 0; b < kSumBytes; ++b) {
      const ByteMask mask = ofmap.byte_at(row.position + std::uint64_t{c} * kSumBytes + b);
      sum.keep |= std::uint32_t{mask.keep} << (8 * b);
      sum.flip |= std::uint32_t{mask.flip} << (8 * b);
    }
    if (sum.keep != ~std::uint32_t{0} || sum.flip != 0) faults.sums.push_back(sum);
  }
}

/// Sums that share words, or words that share a sum, go together.
void add_coded_sums(PartialSumFaults& faults, const SumRow& row, const BufferFaults& ofmap) {
  const std::uint32_t word_bytes = ofmap.geometry.macro().word_bytes();
  const std::uint32_t together = std::max(1U, word_bytes / kSumBytes);
  for (std::uint32_t c = 0; c < row.count; c += together) {
    CodedSums sums{row.element + c, std::min(together, row.count - c), {{}, ofmap.code}};
    const std::uint32_t bytes = sums.count * kSumBytes;
    for (std::uint32_t at = 0; at < bytes; at += word_bytes) {
      const WordFault fault = ofmap.word_at(row.position + std::uint64_t{c} * kSumBytes + at);
      if (fault.healthy()) continue;
      sums.coded.words.push_back({at, std::min(word_bytes, bytes - at), fault});
    }
    if (!sums.coded.words.empty()) faults.coded.push_back(std::move(sums));
  }
}

PartialSumFaults partial_sum_faults(const ConvGeometry& conv, const BufferFaults& ofmap) {
  PartialSumFaults faults;
  if (conv.k_tiles() == 1) return faults;
  faults.k_tile = conv.fold(0).k_count;
  for (std::uint64_t index = 0; index < conv.folds(); ++index) {
    const Fold fold = conv.fold(index);
    if (!fold.last_k) continue;
    for (std::uint32_t p = 0; p < fold.m_count; ++p) {
      const SumRow row{conv.output_element(fold, p, 0), fold.n_count,
                       fold.ofmap_base + p * fold.ofmap_pitch};
      (ofmap.is_coded() ? add_coded_sums : add_sums)(faults, row, ofmap);
    }
  }
  return faults;
}

}  // namespace

NodeFaults activation_faults(const models::Graph& graph, const models::Node& node,
                             const LayerProgram& layer, const BufferFaults& ifmap,
                             const BufferFaults& ofmap) {
  NodeFaults faults;
  faults.inputs.resize(node.inputs.size());
  if (!ifmap.healthy()) {
    for (std::uint32_t input = 0; input < node.inputs.size(); ++input) {
      faults.inputs[input] =
          input_faults(graph.tensor(node.inputs[input]).shape, layer, input, ifmap);
    }
  }
  if (!ofmap.healthy()) {
    if (layer.conv() != nullptr) faults.partial_sums = partial_sum_faults(*layer.conv(), ofmap);
    faults.output = layer.conv() != nullptr
                        ? conv_output_faults(*layer.conv(), ofmap)
                        : vector_output_faults(graph.tensor(node.output).shape, ofmap);
  }
  return faults;
}

}  // namespace brownout::accel
