// SPDX-License-Identifier: Apache-2.0
#include "accel/systolic_array_module.h"

#include <algorithm>

namespace brownout::accel {
namespace {

using memory::GroupId;

/// Cycles simulated per wake of the process: all of them happen, but the kernel is entered once.
constexpr std::uint32_t kCyclesPerWake = 16;

std::uint64_t overlap(std::uint64_t a_begin, std::uint64_t a_end, std::uint64_t b_begin,
                      std::uint64_t b_end) {
  const std::uint64_t begin = std::max(a_begin, b_begin);
  const std::uint64_t end = std::min(a_end, b_end);
  return end > begin ? end - begin : 0;
}

}  // namespace

SystolicArrayModule::SystolicArrayModule(sc_core::sc_module_name name, RunContext context,
                                         const ArrayConfig& config, ClockPeriod period)
    : sc_module(name),
      context_(context),
      config_(config),
      period_(period),
      array_(config.rows, config.cols) {}

void SystolicArrayModule::execute(const Step& step) {
  if (step.begin == 0) begin_fold(step);
  account(step);
  if (context_.payload == Payload::kCarried) {
    carry(step);
  } else {
    count_accesses(step);
    wait(period_.of(Cycles(step.cycles)));
  }
}

void SystolicArrayModule::begin_fold(const Step& step) {
  conv_ = context_.program.layers[step.layer].conv();
  fold_ = conv_->fold(step.fold);
  results->begin_fold(step.layer, fold_);
  if (context_.payload == Payload::kNone) return;

  const models::Node& node = context_.node(step);
  const auto& bias = std::get<models::Conv>(node.operation).bias;
  std::vector<std::int32_t> initial(config_.cols, 0);
  std::copy_n(bias.begin() + fold_.n_begin, fold_.cols, initial.begin());
  array_.begin_fold(conv_->k(), initial);
  zero_point_ = static_cast<std::int16_t>(context_.graph.tensor(node.inputs.front()).zero_point);
  lanes_.assign(fold_.rows, Lane{WordPort(ifmap->geometry().macro().word_bytes()), 0, {}});
}

void SystolicArrayModule::account(const Step& step) {
  LayerStatistics& statistics = context_.layer_statistics(step.layer);
  // Fold time t: the last element starts at rows + cols - 2, the first one has finished at K.
  const std::uint64_t k = conv_->k();
  const std::uint64_t skew = config_.rows + config_.cols - 2;
  const std::uint64_t end = step.begin + step.cycles;
  statistics.at(Activity::kFill) += overlap(step.begin, end, 0, std::min(k, skew));
  statistics.at(Activity::kCompute) += overlap(step.begin, end, std::min(k, skew), k);
  statistics.at(Activity::kDrain) += overlap(step.begin, end, k, k + skew);
  statistics.macs += std::uint64_t{fold_.rows} * fold_.cols * (step.end - step.begin);
}

void SystolicArrayModule::count_accesses(const Step& step) {
  LayerStatistics& statistics = context_.layer_statistics(step.layer);
  const AccessMeter ifmap_meter(*ifmap.operator->(), statistics.accesses[GroupId::kIfmap]);
  const AccessMeter filter_meter(*filter.operator->(), statistics.accesses[GroupId::kFilter]);
  if (step.begin == 0) ifmap->count({conv_->ifmap_reads(fold_), 0});
  const std::uint64_t row_words =
      conv_->filter_row_bytes(fold_) / filter->geometry().macro().word_bytes();
  filter->count({row_words * (step.end - step.begin), 0});
}

void SystolicArrayModule::carry(const Step& step) {
  LayerStatistics& statistics = context_.layer_statistics(step.layer);
  const auto end = static_cast<std::uint32_t>(step.begin + step.cycles);
  for (std::uint32_t time = step.begin; time < end; time += kCyclesPerWake) {
    const std::uint32_t next = std::min(end, time + kCyclesPerWake);
    {
      const AccessMeter ifmap_meter(*ifmap.operator->(), statistics.accesses[GroupId::kIfmap]);
      const AccessMeter filter_meter(*filter.operator->(), statistics.accesses[GroupId::kFilter]);
      fetch(time, std::min(next, step.end));
      array_.advance(next - time);
      emit(time, next);
    }
    wait(period_.of(Cycles(next - time)));
  }
}

void SystolicArrayModule::fetch(std::uint32_t begin, std::uint32_t end) {
  if (begin >= end) return;
  for (std::uint32_t row = 0; row < fold_.rows; ++row) fetch_ifmap(row, begin, end);
  fetch_filter(begin, end);
}

void SystolicArrayModule::fetch_ifmap(std::uint32_t row, std::uint32_t begin, std::uint32_t end) {
  const memory::SramGeometry& words = ifmap->geometry();
  const std::uint32_t word_bytes = words.macro().word_bytes();
  Lane& lane = lanes_[row];
  for (std::uint32_t k = begin; k < end; ++k) {
    const std::uint32_t channel = k % conv_->channels();
    if (channel == 0) {
      lane.position =
          conv_->ifmap_position(fold_.group, fold_.m_begin + row, k / conv_->channels());
    }
    if (!lane.position) continue;  // padding multiplies by zero, the register's reset value
    const std::uint64_t position = *lane.position + channel;
    if (lane.port.advance(position)) lane.word = ifmap->read(words.word_of_position(position));
    const auto code = static_cast<std::uint8_t>(lane.word >> (position % word_bytes * 8));
    array_.feed_ifmap(row, k, static_cast<std::int16_t>(code - zero_point_));
  }
}

void SystolicArrayModule::fetch_filter(std::uint32_t begin, std::uint32_t end) {
  const memory::SramGeometry& words = filter->geometry();
  const std::uint32_t word_bytes = words.macro().word_bytes();
  const std::uint64_t row_bytes = conv_->filter_row_bytes(fold_);
  for (std::uint32_t k = begin; k < end; ++k) {
    const std::uint64_t position = fold_.filter_base + k * row_bytes;
    for (std::uint32_t column = 0; column < fold_.cols; column += word_bytes) {
      std::uint64_t word = filter->read(words.word_of_position(position + column));
      const std::uint32_t last = std::min(fold_.cols, column + word_bytes);
      for (std::uint32_t c = column; c < last; ++c, word >>= 8) {
        array_.feed_filter(c, k, static_cast<std::int8_t>(word));
      }
    }
  }
}

void SystolicArrayModule::emit(std::uint32_t begin, std::uint32_t end) {
  // Element (row, column) finishes in cycle K - 1 + row + column and drives its row's bus then.
  for (std::uint32_t row = 0; row < fold_.rows; ++row) {
    const std::uint32_t first = conv_->k() - 1 + row;
    const std::uint32_t from = begin > first ? std::min(begin - first, fold_.cols) : 0;
    const std::uint32_t to = end > first ? std::min(end - first, fold_.cols) : 0;
    if (from < to) results->accept(row, from, to, array_.row(row) + from);
  }
}

}  // namespace brownout::accel
