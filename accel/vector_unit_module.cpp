// SPDX-License-Identifier: Apache-2.0
#include "accel/vector_unit_module.h"

#include "accel/word_port.h"
#include "models/requantize.h"

namespace brownout::accel {

using memory::GroupId;

void VectorUnitModule::execute(const Step& step) {
  const VectorGeometry& geometry = context_.program.layers[step.layer].vector();
  LayerStatistics& statistics = context_.layer_statistics(step.layer);
  {
    const AccessMeter ifmap_meter(*ifmap.operator->(), statistics.accesses[GroupId::kIfmap]);
    const AccessMeter ofmap_meter(*ofmap.operator->(), statistics.accesses[GroupId::kOfmap]);
    const VectorGeometry::Cost cost = geometry.cost(step.begin, step.end);
    statistics.vector_ops += cost.operands;
    if (context_.payload == Payload::kCarried) {
      compute(step, geometry);
    } else {
      ifmap->count({cost.reads, 0});
      ofmap->count({0, step.end - step.begin});
    }
  }
  statistics.at(Activity::kVector) += step.cycles;
  wait(period_.of(Cycles(step.cycles)));
}

void VectorUnitModule::compute(const Step& step, const VectorGeometry& geometry) {
  const VectorArithmetic arithmetic(context_.graph, context_.node(step));
  const memory::SramGeometry& words = ifmap->geometry();
  const std::uint32_t word_bytes = words.macro().word_bytes();
  const std::uint64_t first = static_cast<std::uint64_t>(step.begin) * word_bytes;
  const std::uint64_t last =
      std::min<std::uint64_t>(static_cast<std::uint64_t>(step.end) * word_bytes,
                              context_.graph.tensor(context_.node(step).output).shape.elements());

  std::vector<std::int64_t> states(last - first, arithmetic.initial());
  WordPort port(word_bytes);
  std::uint64_t held = 0;
  geometry.visit(step.begin, step.end, [&](const VectorOperand& operand) {
    if (port.advance(operand.position))
      held = ifmap->read(words.word_of_position(operand.position));
    const auto code = static_cast<std::uint8_t>(held >> (operand.position % word_bytes * 8));
    std::int64_t& state = states[operand.output - first];
    state = arithmetic.combine(state, operand.input, code);
  });
  std::uint64_t word = 0;
  for (std::uint64_t element = first; element < last; ++element) {
    put_byte(element, arithmetic.finish(element, states[element - first]), word,
             element + 1 == last);
  }
}

void VectorUnitModule::begin_fold(std::uint32_t layer, const Fold& fold) {
  layer_ = layer;
  fold_ = fold;
  row_words_.assign(fold.rows, 0);
  const ConvGeometry& conv = *context_.program.layers[layer].conv();
  LayerStatistics& statistics = context_.layer_statistics(layer);
  if (conv.element_bytes() == 1) statistics.vector_ops += std::uint64_t{fold.rows} * fold.cols;
  if (context_.payload == Payload::kNone) {
    const AccessMeter meter(*ofmap.operator->(), statistics.accesses[GroupId::kOfmap]);
    ofmap->count({0, conv.ofmap_extent(fold).size() / ofmap->geometry().macro().word_bytes()});
  }
}

void VectorUnitModule::accept(std::uint32_t row, std::uint32_t begin, std::uint32_t end,
                              const std::int32_t* accumulators) {
  const AccessMeter meter(*ofmap.operator->(),
                          context_.layer_statistics(layer_).accesses[GroupId::kOfmap]);
  const ConvGeometry& conv = *context_.program.layers[layer_].conv();
  const auto& operation = std::get<models::Conv>(context_.graph.nodes[layer_].operation);
  const std::uint32_t bytes = conv.element_bytes();
  const std::uint64_t base = fold_.ofmap_base + row * conv.ofmap_row_bytes(fold_);
  for (std::uint32_t column = begin; column < end; ++column) {
    const std::int32_t accumulator = accumulators[column - begin];
    const std::uint32_t value =
        bytes == 4 ? static_cast<std::uint32_t>(accumulator)
                   : models::requantize(operation.requantizer, fold_.n_begin + column, accumulator);
    for (std::uint32_t b = 0; b < bytes; ++b) {
      put_byte(base + std::uint64_t{column} * bytes + b,
               static_cast<std::uint8_t>(value >> (8 * b)), row_words_[row],
               column + 1 == fold_.cols && b + 1 == bytes);
    }
  }
}

void VectorUnitModule::put_byte(std::uint64_t position, std::uint8_t byte, std::uint64_t& word,
                                bool last) {
  const memory::SramGeometry& words = ofmap->geometry();
  const std::uint32_t word_bytes = words.macro().word_bytes();
  const std::uint64_t lane = position % word_bytes;
  word |= static_cast<std::uint64_t>(byte) << (lane * 8);
  if (lane + 1 == word_bytes || last) {
    ofmap->write(words.word_of_position(position), word);
    word = 0;
  }
}

}  // namespace brownout::accel
