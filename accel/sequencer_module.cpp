// SPDX-License-Identifier: Apache-2.0
#include "accel/sequencer_module.h"

namespace brownout::accel {

SequencerModule::SequencerModule(sc_core::sc_module_name name, RunContext context,
                                 ClockPeriod period)
    : sc_module(name), context_(context), period_(period) {
  SC_THREAD(run);
}

template <class Wait>
void SequencerModule::stall(std::uint32_t layer, Activity reason, Wait wait_for_it) {
  const Cycles before = period_.now();
  wait_for_it();
  context_.layer_statistics(layer).at(reason) += (period_.now() - before).count();
}

void SequencerModule::run() {
  const Program& program = context_.program;
  for (const Step& step : program.steps) {
    stall(step.layer, Activity::kStallIfmap, [&] { transfers->wait_for_loads(step.ifmap_loads); });
    stall(step.layer, Activity::kStallFilter,
          [&] { transfers->wait_for_loads(step.filter_loads); });
    stall(step.layer, Activity::kStallOfmap, [&] { transfers->wait_for_stores(step.stores); });
    const bool is_array = program.layers[step.layer].conv() != nullptr;
    (is_array ? array : vector)->execute(step);
    transfers->finish_step();
  }
  const auto stores = static_cast<std::uint32_t>(program.stores.size());
  stall(program.steps.back().layer, Activity::kStallOfmap,
        [&] { transfers->wait_for_stores(stores); });
  finished_ = true;
}

}  // namespace brownout::accel
