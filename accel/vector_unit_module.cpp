// SPDX-License-Identifier: Apache-2.0
#include "accel/vector_unit_module.h"

#include <algorithm>

#include "accel/fold_schedule.h"
#include "accel/word_port.h"
#include "memory/word_bytes.h"
#include "models/requantize.h"

namespace brownout::accel {

using memory::GroupId;

void VectorUnitModule::execute(const Step& step) {
  const VectorGeometry& geometry = context_.program.layers[step.layer].vector();
  LayerStatistics& statistics = context_.layer_statistics(step.layer);
  ifmap->select_layer(step.layer);
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
  if (context_.probe != nullptr) report_step(step);
  wait(period_.of(Cycles(step.cycles)));
}

void VectorUnitModule::report_step(const Step& step) {
  RunObserver& observer = context_.probe->observer();
  const std::uint64_t now = period_.now().count();
  observer.on_activity({step.layer, Activity::kVector, now, now + step.cycles});
  const VectorGeometry& geometry = context_.program.layers[step.layer].vector();
  observer.on_operations(
      {step.layer, now, now + step.cycles, 0, geometry.cost(step.begin, step.end).operands});
  const std::uint64_t a_cycle =
      std::max<std::uint64_t>(1, (reads_.size() + step.cycles - 1) / step.cycles);
  for (std::uint64_t i = 0; i < reads_.size(); ++i) {
    Access& read = reads_[i];
    read.layer = step.layer;
    read.cycle = now + i / a_cycle;
    read.port = static_cast<std::uint32_t>(i % a_cycle);
    observer.on_access(read);
  }
  const std::uint64_t word_bytes = ofmap->geometry().macro().word_bytes();
  for (std::uint64_t word = 0; word < reads_until_.size(); ++word) {
    Access write = ofmap->describe((step.begin + word) * word_bytes);
    write.kind = AccessKind::kWrite;
    write.layer = step.layer;
    write.cycle = now + (reads_until_[word] > 0 ? (reads_until_[word] - 1) / a_cycle : 0);
    observer.on_access(write);
  }
}

void VectorUnitModule::compute(const Step& step, const VectorGeometry& geometry) {
  const VectorArithmetic arithmetic(context_.graph, context_.node(step));
  const std::uint32_t word_bytes = ifmap->geometry().macro().word_bytes();
  const std::uint64_t first = static_cast<std::uint64_t>(step.begin) * word_bytes;
  const std::uint64_t last =
      std::min<std::uint64_t>(static_cast<std::uint64_t>(step.end) * word_bytes,
                              context_.graph.tensor(context_.node(step).output).shape.elements());

  std::vector<std::int64_t> states(last - first, arithmetic.initial());
  WordPort port(word_bytes);
  std::uint64_t held = 0;
  reads_.clear();
  reads_until_.assign(context_.probe != nullptr ? step.end - step.begin : 0, 0);
  geometry.visit(step.begin, step.end, [&](const VectorOperand& operand) {
    if (port.advance(operand.position)) {
      held = ifmap->read(operand.position);
      if (context_.probe != nullptr) {
        reads_.push_back(ifmap->describe(operand.position));
        reads_.back().value = held;
      }
    }
    if (context_.probe != nullptr) {
      reads_until_[operand.output / word_bytes - step.begin] = reads_.size();
    }
    const auto code = static_cast<std::uint8_t>(held >> (operand.position % word_bytes * 8));
    std::int64_t& state = states[operand.output - first];
    state = arithmetic.combine(state, operand.input, code);
  });
  codes_.clear();
  for (std::uint64_t element = first; element < last; ++element) {
    codes_.push_back(arithmetic.finish(element, states[element - first]));
  }
  write_codes(first);
}

void VectorUnitModule::begin_fold(std::uint32_t layer, const Fold& fold) {
  layer_ = layer;
  fold_ = fold;
  const ConvGeometry& conv = *context_.program.layers[layer].conv();
  LayerStatistics& statistics = context_.layer_statistics(layer);
  const std::uint64_t elements = std::uint64_t{fold.m_count} * fold.n_count;
  if (!fold.first_k()) statistics.vector_ops += elements;
  if (conv.result_bytes(fold) == 1) statistics.vector_ops += elements;
  if (context_.payload == Payload::kNone) {
    const AccessMeter meter(*ofmap.operator->(), statistics.accesses[GroupId::kOfmap]);
    ofmap->count({conv.ofmap_reads(fold), conv.ofmap_writes(fold)});
  }
}

void VectorUnitModule::accept(std::uint32_t p, std::uint32_t begin, std::uint32_t end,
                              const std::int32_t* sums) {
  const AccessMeter meter(*ofmap.operator->(),
                          context_.layer_statistics(layer_).accesses[GroupId::kOfmap]);
  ofmap->select_layer(layer_);
  const ConvGeometry& conv = *context_.program.layers[layer_].conv();
  const std::uint64_t row = fold_.ofmap_base + p * fold_.ofmap_pitch;
  pixel_ = p;
  sums_.assign(sums, sums + (end - begin));
  if (!fold_.first_k()) add_partial_sums(row, begin);
  if (conv.result_bytes(fold_) == 4) {
    write_sums(row + std::uint64_t{begin} * 4);
    return report_results(row, begin, end);
  }
  const auto& operation = std::get<models::Conv>(context_.graph.nodes[layer_].operation);
  codes_.clear();
  for (std::uint32_t lane = begin; lane < end; ++lane) {
    codes_.push_back(
        models::requantize(operation.requantizer, fold_.n_begin + lane, sums_[lane - begin]));
  }
  write_codes(row + begin);
  report_results(row, begin, end);
}

void VectorUnitModule::report_result(Access access, AccessKind kind, std::uint32_t lane) {
  const FoldSlot slot = result_slot(*context_.program.layers[layer_].conv(), pixel_, lane);
  access.kind = kind;
  access.layer = layer_;
  access.cycle = slot.time;
  access.port = slot.port;
  context_.probe->add_in_fold(access);
}

void VectorUnitModule::report_results(std::uint64_t row, std::uint32_t begin, std::uint32_t end) {
  if (context_.probe == nullptr) return;
  const ConvGeometry& conv = *context_.program.layers[layer_].conv();
  const std::uint64_t bytes = conv.result_bytes(fold_);
  const std::uint64_t word_bytes = ofmap->geometry().macro().word_bytes();
  const std::uint64_t each = (bytes == 1 ? 1 : 0) + (fold_.first_k() ? 0 : 1);  // operations
  for (std::uint64_t at = begin * bytes; at < end * bytes; at += word_bytes) {
    const std::uint64_t until = std::min(at + word_bytes, end * bytes);
    const auto lane = static_cast<std::uint32_t>((until - 1) / bytes);
    report_result(ofmap->describe(row + at), AccessKind::kWrite, lane);
    const std::uint64_t lanes = until / bytes - at / bytes;
    context_.probe->add_vector_ops_in_fold(result_slot(conv, pixel_, lane).time, each * lanes);
  }
}

void VectorUnitModule::add_partial_sums(std::uint64_t row, std::uint32_t begin) {
  std::uint64_t position = row + std::uint64_t{begin} * 4;
  const std::uint64_t last = begin + sums_.size() - 1;
  const std::uint32_t word_bytes = ofmap->geometry().macro().word_bytes();
  std::uint64_t word = 0;
  std::uint32_t held = 0;  // bytes of `word` not used yet
  for (std::int32_t& sum : sums_) {
    std::uint32_t partial = 0;
    for (std::uint32_t filled = 0; filled < 4;) {
      if (held == 0) {
        word = ofmap->read(position);
        if (context_.probe != nullptr) {
          Access access = ofmap->describe(position);
          access.value = word;
          report_result(
              access, AccessKind::kRead,
              static_cast<std::uint32_t>(std::min(last, (position + word_bytes - 1 - row) / 4)));
        }
        position += word_bytes;
        held = word_bytes;
      }
      const std::uint32_t part = std::min(held, 4 - filled);
      const std::uint64_t mask = (std::uint64_t{1} << (8 * part)) - 1;
      partial |= static_cast<std::uint32_t>(word & mask) << (8 * filled);
      word >>= 8 * part;
      held -= part;
      filled += part;
    }
    sum = static_cast<std::int32_t>(static_cast<std::uint32_t>(sum) + partial);
  }
}

void VectorUnitModule::write_sums(std::uint64_t position) {
  codes_.clear();
  for (const std::int32_t sum : sums_) {
    for (std::uint32_t b = 0; b < 4; ++b) {
      codes_.push_back(static_cast<std::uint8_t>(static_cast<std::uint32_t>(sum) >> (8 * b)));
    }
  }
  write_codes(position);
}

void VectorUnitModule::write_codes(std::uint64_t position) {
  const std::uint32_t word_bytes = ofmap->geometry().macro().word_bytes();
  for (std::size_t begin = 0; begin < codes_.size(); begin += word_bytes) {
    const auto left = static_cast<std::uint32_t>(codes_.size() - begin);
    ofmap->write(position + begin, memory::load_word(&codes_[begin], std::min(word_bytes, left)));
  }
}

}  // namespace brownout::accel
