// SPDX-License-Identifier: Apache-2.0
// What the array tells who watches; the rest of SystolicArrayModule is in its own file.
#include "accel/fold_schedule.h"
#include "accel/systolic_array_module.h"

namespace brownout::accel {
namespace {

/// The core's registers by operand.
class CoreRegisters : public ArrayRegisters {
 public:
  explicit CoreRegisters(const ArrayCore& core)
      : core_(core), weights_left_(core.dataflow() == Dataflow::kInputStationary) {}

  std::int32_t ifmap(std::uint32_t row, std::uint32_t column) const override {
    const ElementRegisters element = at(row, column);
    return weights_left_ ? element.top : element.left;
  }
  std::int32_t filter(std::uint32_t row, std::uint32_t column) const override {
    const ElementRegisters element = at(row, column);
    return weights_left_ ? element.left : element.top;
  }
  std::int32_t sum(std::uint32_t row, std::uint32_t column) const override {
    return at(row, column).accumulator;
  }

 private:
  [[nodiscard]] ElementRegisters at(std::uint32_t row, std::uint32_t column) const {
    return core_.registers(row, column).value_or(ElementRegisters());
  }

  const ArrayCore& core_;
  bool weights_left_;
};

}  // namespace

bool SystolicArrayModule::watched() const {
  if (context_.probe == nullptr) return false;
  const std::uint64_t now = period_.now().count();
  return context_.probe->observer().watches_array(now, now + kCyclesPerWake);
}

void SystolicArrayModule::report_registers() {
  context_.probe->observer().on_array(period_.now().count(), CoreRegisters(*core_));
}

void SystolicArrayModule::report_activities(const Step& step, std::uint64_t fill,
                                            std::uint64_t compute) {
  RunObserver& observer = context_.probe->observer();
  const std::uint64_t begin = period_.now().count();
  const std::uint64_t filled = begin + fill;
  const std::uint64_t computed = filled + compute;
  const std::uint64_t end = begin + step.cycles;
  if (fill > 0) observer.on_activity({step.layer, Activity::kFill, begin, filled});
  if (compute > 0) observer.on_activity({step.layer, Activity::kCompute, filled, computed});
  if (computed < end) observer.on_activity({step.layer, Activity::kDrain, computed, end});
}

void SystolicArrayModule::report_ifmap_byte(std::uint32_t p, std::uint32_t k,
                                            std::uint64_t position, bool is_new) {
  Probe& probe = *context_.probe;
  if (is_new) {
    const FoldSlot slot = ifmap_slot(*conv_, fold_, p, k, pixel_words_++);
    Access access = ifmap->describe(position);
    access.value = lanes_[conv_->port_per_pixel() ? p : 0].word;
    access.layer = layer_;
    access.cycle = slot.time;
    access.port = slot.port;
    probe.add_in_fold(access);
  } else if (conv_->dataflow() == Dataflow::kInputStationary) {
    // Later elements of the word enter earlier: it is there for them already.
    probe.last_in_fold().cycle = ifmap_slot(*conv_, fold_, p, k, 0).time;
  }
}

void SystolicArrayModule::report_filter_word(std::uint32_t line, std::uint32_t lane,
                                             std::uint64_t word) {
  const FoldSlot slot = filter_slot(*conv_, line, lane);
  Access access = filter->describe(fold_.filter_base + line * fold_.filter_pitch + lane);
  access.value = word;
  access.layer = layer_;
  access.cycle = slot.time;
  access.port = slot.port;
  context_.probe->add_in_fold(access);
}

}  // namespace brownout::accel
