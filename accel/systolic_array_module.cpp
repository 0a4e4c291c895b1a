// SPDX-License-Identifier: Apache-2.0
#include "accel/systolic_array_module.h"

#include <algorithm>
#include <cstring>

#include "accel/fold_schedule.h"

namespace brownout::accel {
namespace {

using memory::GroupId;

std::uint64_t overlap(const Extent& a, const Extent& b) {
  return Extent{std::max(a.begin, b.begin), std::min(a.end, b.end)}.size();
}

}  // namespace

SystolicArrayModule::SystolicArrayModule(sc_core::sc_module_name name, RunContext context,
                                         const ArrayConfig& config, ClockPeriod period)
    : sc_module(name),
      context_(context),
      config_(config),
      by_word_(config.body == ArrayBody::kRegister || context.probe != nullptr),
      period_(period),
      core_(make_array_core(config.dataflow, config.body, {config.rows, config.cols})) {}

void SystolicArrayModule::execute(const Step& step) {
  if (step.begin == 0) begin_fold(step);
  ifmap->select_layer(step.layer);
  filter->select_layer(step.layer);
  account(step);
  if (context_.payload == Payload::kCarried && config_.body == ArrayBody::kRegister) {
    execute_by_cycle(step);
  } else {
    if (context_.payload == Payload::kNone || !by_word_) count_accesses(step);
    if (context_.payload == Payload::kCarried) execute_at_once(step);
    pass(step.cycles);
  }
  if (context_.probe != nullptr && step.end == conv_->stream(fold_)) {
    context_.probe->end_fold(period_.now().count());
  }
}

void SystolicArrayModule::pass(std::uint64_t cycles) {
  if (context_.probe != nullptr) context_.probe->pass(period_.now().count(), cycles);
  wait(period_.of(Cycles(cycles)));
}

void SystolicArrayModule::begin_fold(const Step& step) {
  layer_ = step.layer;
  conv_ = context_.program.layers[step.layer].conv();
  fold_ = conv_->fold(step.fold);
  results->begin_fold(step.layer, fold_);
  if (context_.probe != nullptr) {
    context_.probe->begin_fold(step.layer, step.fold, shape_of(*conv_, fold_),
                               period_.now().count());
  }
  if (context_.payload == Payload::kCarried) begin_core(step);
}

void SystolicArrayModule::begin_core(const Step& step) {
  const models::Node& node = context_.node(step);
  const bool pixels_in_columns = conv_->dataflow() == Dataflow::kInputStationary;
  zero_point_ = static_cast<std::uint8_t>(context_.graph.tensor(node.inputs.front()).zero_point);
  CoreFold fold;
  fold.zero_point = zero_point_;
  fold.depth = fold_.k_count;
  fold.vectors = pixels_in_columns ? fold_.n_count : fold_.m_count;
  fold.columns = pixels_in_columns ? fold_.m_count : fold_.n_count;
  if (fold_.first_k()) {  // later partial sums have the bias in them
    const std::int32_t* bias = std::get<models::Conv>(node.operation).bias.data() + fold_.n_begin;
    (pixels_in_columns ? fold.vector_initial : fold.column_initial) = bias;
  }
  core_->begin_fold(fold);
  vector_.resize(std::max(fold_.k_count, fold_.n_count) + sizeof(std::uint64_t));
  const std::uint32_t word_bytes = ifmap->geometry().macro().word_bytes();
  lanes_.assign(conv_->port_per_pixel() ? fold_.m_count : 1, Lane{WordPort(word_bytes), 0});
}

void SystolicArrayModule::account(const Step& step) {
  LayerStatistics& statistics = context_.layer_statistics(step.layer);
  // Stream cycle t: the last element starts at rows + cols - 2, the first has finished at `stream`.
  const std::uint64_t stream = conv_->stream(fold_);
  const std::uint64_t skew = config_.rows + config_.cols - 2;
  const std::uint64_t loading = step.begin == 0 ? conv_->load_cycles() : 0;
  const Extent now{step.begin, step.begin + step.cycles - loading};
  const std::uint64_t fill = loading + overlap(now, {0, std::min(stream, skew)});
  const std::uint64_t compute = overlap(now, {std::min(stream, skew), stream});
  if (context_.probe != nullptr) report_activities(step, fill, compute);
  statistics.at(Activity::kFill) += fill;
  statistics.at(Activity::kCompute) += compute;
  statistics.at(Activity::kDrain) += overlap(now, {stream, stream + skew});
  const std::uint64_t products = std::uint64_t{fold_.m_count} * fold_.n_count * fold_.k_count;
  statistics.macs += products / stream * (step.end - step.begin);
}

void SystolicArrayModule::count_accesses(const Step& step) {
  if (step.begin > 0) return;
  LayerStatistics& statistics = context_.layer_statistics(step.layer);
  const AccessMeter ifmap_meter(*ifmap.operator->(), statistics.accesses[GroupId::kIfmap]);
  const AccessMeter filter_meter(*filter.operator->(), statistics.accesses[GroupId::kFilter]);
  ifmap->count({conv_->ifmap_reads(fold_), 0});
  filter->count({conv_->filter_reads(fold_), 0});
}

void SystolicArrayModule::execute_at_once(const Step& step) {
  LayerStatistics& statistics = context_.layer_statistics(step.layer);
  const AccessMeter ifmap_meter(*ifmap.operator->(), statistics.accesses[GroupId::kIfmap]);
  const AccessMeter filter_meter(*filter.operator->(), statistics.accesses[GroupId::kFilter]);
  if (step.begin == 0) load_stationary();
  fetch(step.begin, step.end);
  if (step.end < conv_->stream(fold_)) return;
  core_->advance(core_->duration());
  emit(0, core_->duration());
}

void SystolicArrayModule::execute_by_cycle(const Step& step) {
  LayerStatistics& statistics = context_.layer_statistics(step.layer);
  if (step.begin == 0 && conv_->load_cycles() > 0) {
    {
      const AccessMeter ifmap_meter(*ifmap.operator->(), statistics.accesses[GroupId::kIfmap]);
      const AccessMeter filter_meter(*filter.operator->(), statistics.accesses[GroupId::kFilter]);
      load_stationary();
    }
    pass(conv_->load_cycles());
  }
  const std::uint32_t end = step.end == conv_->stream(fold_) ? core_->duration() : step.end;
  for (std::uint32_t time = step.begin; time < end;) {
    const std::uint32_t next = std::min(end, time + (watched() ? 1 : kCyclesPerWake));
    {
      const AccessMeter ifmap_meter(*ifmap.operator->(), statistics.accesses[GroupId::kIfmap]);
      const AccessMeter filter_meter(*filter.operator->(), statistics.accesses[GroupId::kFilter]);
      fetch(time, std::min(next, step.end));
      core_->advance(next - time);
      emit(time, next);
    }
    if (context_.probe != nullptr && next - time == 1) report_registers();
    pass(next - time);
    time = next;
  }
}

void SystolicArrayModule::load_stationary() {
  if (conv_->dataflow() == Dataflow::kWeightStationary) {
    for (std::uint32_t k = 0; k < fold_.k_count; ++k) {
      fetch_filter_line(k);
      core_->feed_top(k, vector_.data());
    }
  } else if (conv_->dataflow() == Dataflow::kInputStationary) {
    const Extent k{fold_.k_begin, std::uint64_t{fold_.k_begin} + fold_.k_count};
    columns_.resize(std::size_t{fold_.m_count} * fold_.k_count);
    for (std::uint32_t p = 0; p < fold_.m_count; ++p) {
      fetch_pixel(p, k, &columns_[std::size_t{p} * fold_.k_count]);
    }
    vector_.resize(std::max<std::size_t>(vector_.size(), fold_.m_count));
    for (std::uint32_t row = 0; row < fold_.k_count; ++row) {
      for (std::uint32_t p = 0; p < fold_.m_count; ++p) {
        vector_[p] = columns_[std::size_t{p} * fold_.k_count + row];
      }
      core_->feed_top(row, vector_.data());
    }
  }
}

void SystolicArrayModule::fetch(std::uint32_t begin, std::uint32_t end) {
  if (begin >= end) return;
  switch (conv_->dataflow()) {
    case Dataflow::kOutputStationary:
      for (std::uint32_t p = 0; p < fold_.m_count; ++p) {
        fetch_pixel(p, {begin, end}, vector_.data());
        core_->feed_left(p, begin, end, vector_.data());
      }
      for (std::uint32_t k = begin; k < end; ++k) {
        fetch_filter_line(k);
        core_->feed_top(k, vector_.data());
      }
      break;
    case Dataflow::kWeightStationary:
      for (std::uint32_t p = begin; p < end; ++p) {
        fetch_pixel(p, {fold_.k_begin, std::uint64_t{fold_.k_begin} + fold_.k_count},
                    vector_.data());
        core_->feed_left(p, 0, fold_.k_count, vector_.data());
      }
      break;
    case Dataflow::kInputStationary:
      for (std::uint32_t n = begin; n < end; ++n) {
        fetch_filter_line(n);
        core_->feed_left(n, 0, fold_.k_count, vector_.data());
      }
      break;
  }
}

void SystolicArrayModule::fetch_pixel(std::uint32_t p, Extent k, std::uint8_t* codes) {
  std::memset(codes, zero_point_, k.size());  // padding contributes zero
  pixel_words_ = 0;
  conv_->visit_ifmap(fold_, fold_.m_begin + p, static_cast<std::uint32_t>(k.begin),
                     static_cast<std::uint32_t>(k.end),
                     [&](std::uint32_t first, std::uint64_t position, std::uint32_t count) {
                       read_ifmap(p, first, position, count, codes + (first - k.begin));
                     });
}

void SystolicArrayModule::read_ifmap(std::uint32_t p, std::uint32_t k, std::uint64_t position,
                                     std::uint32_t count, std::uint8_t* codes) {
  if (!by_word_) {
    ifmap->read_bytes(position, count, codes);
    return;
  }
  Lane& lane = lanes_[conv_->port_per_pixel() ? p : 0];
  const std::uint64_t word_mask = conv_->mapping().word_bytes - 1;
  for (std::uint32_t i = 0; i < count; ++i, ++position) {
    const bool is_new = lane.port.advance(position);
    if (is_new) lane.word = ifmap->read(position);
    codes[i] = static_cast<std::uint8_t>(lane.word >> ((position & word_mask) * 8));
    if (context_.probe != nullptr) report_ifmap_byte(p, k + i, position, is_new);
  }
}

void SystolicArrayModule::fetch_filter_line(std::uint32_t line) {
  const std::uint64_t position = fold_.filter_base + line * fold_.filter_pitch;
  const std::uint32_t width = conv_->filter_width(fold_);
  if (!by_word_) {
    filter->read_bytes(position, width, vector_.data());
    return;
  }
  const std::uint32_t word_bytes = conv_->mapping().word_bytes;
  for (std::uint32_t lane = 0; lane < width; lane += word_bytes) {
    const std::uint64_t word = filter->read(position + lane);
    if (context_.probe != nullptr) report_filter_word(line, lane, word);
    std::memcpy(&vector_[lane], &word, sizeof(word));  // the next word overwrites what is beyond
  }
}

void SystolicArrayModule::emit(std::uint32_t begin, std::uint32_t end) {
  // The result of pixel p and lane c is complete in cycle p + c + depth - 1; lanes leave once they
  // fill an output word.
  const std::uint64_t depth = conv_->depth();
  if (end < depth) return;
  const std::uint64_t lanes = fold_.n_count;
  const std::uint64_t group = conv_->lanes_per_word(fold_);
  // Lanes of pixel p that have left before cycle `time`.
  const auto left = [&](std::uint64_t time, std::uint64_t p) {
    const std::uint64_t complete = time + 1 > depth + p ? time + 1 - depth - p : 0;
    return complete >= lanes ? lanes : complete / group * group;
  };
  const std::uint64_t first = begin + 1 > depth + lanes ? begin + 1 - depth - lanes : 0;
  const std::uint64_t last = std::min<std::uint64_t>(fold_.m_count, end + 1 - depth);
  for (std::uint64_t p = first; p < last; ++p) {
    const std::uint64_t from = left(begin, p);
    const std::uint64_t to = left(end, p);
    if (from < to) {
      pass_on(static_cast<std::uint32_t>(p), static_cast<std::uint32_t>(from),
              static_cast<std::uint32_t>(to));
    }
  }
}

void SystolicArrayModule::pass_on(std::uint32_t p, std::uint32_t begin, std::uint32_t end) {
  if (conv_->dataflow() != Dataflow::kInputStationary) {
    results->accept(p, begin, end, core_->result(p) + begin);
    return;
  }
  results_.clear();
  for (std::uint32_t n = begin; n < end; ++n) results_.push_back(core_->result(n)[p]);
  results->accept(p, begin, end, results_.data());
}

}  // namespace brownout::accel
