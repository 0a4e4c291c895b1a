// SPDX-License-Identifier: Apache-2.0
#include "accel/sequencer_module.h"

#include <sysc/kernel/sc_spawn.h>

namespace brownout::accel {

SequencerModule::SequencerModule(sc_core::sc_module_name name, RunContext context,
                                 ClockPeriod period)
    : sc_module(name), context_(context), period_(period) {
  SC_METHOD(launch);
  sensitive << start_;
}

template <class Wait>
void SequencerModule::stall(std::uint32_t layer, Activity reason, Wait wait_for_it) {
  const Cycles before = period_.now();
  wait_for_it();
  context_.layer_statistics(layer).at(reason) += (period_.now() - before).count();
}

void SequencerModule::start(const Placement& placement) {
  require(!busy_, "one run at a time");
  busy_ = true;
  stopping_ = false;
  end_.reset();
  placement_ = placement;
  first_cycle_ = period_.at(period_.edge(sc_core::sc_time_stamp()));
  for (int i = 0; i < listeners.size(); ++i) listeners[i]->run_started();
  start_.notify(sc_core::SC_ZERO_TIME);
}

Cycles SequencerModule::cycles() const {
  if (!busy_) return cycles_;
  const Cycles now = period_.now();
  return now < first_cycle_ ? Cycles(0) : now - first_cycle_;
}

void SequencerModule::launch() {
  if (!busy_ || launched_) return;
  launched_ = true;
  sc_core::sc_spawn([this] { serve(); });
}

void SequencerModule::serve() {
  wait(period_.edge(sc_core::sc_time_stamp()) - sc_core::sc_time_stamp());
  context_.statistics = empty_statistics(context_.graph);
  const RunEnd end = run();
  cycles_ = cycles();
  busy_ = launched_ = false;
  end_ = end;
  for (int i = 0; i < listeners.size(); ++i) listeners[i]->run_ended(end);
}

RunEnd SequencerModule::run() {
  RunEnd end;
  try {
    transfers->begin_run(placement_);
    end.state = walk();
    if (end.state == RunState::kStopped) end.message = "the host stopped the run";
  } catch (const PlacementError& error) {
    end = {RunState::kFailed, RunError::kPlacement, 0, error.what()};
  } catch (const BusError& error) {
    end = {RunState::kFailed, RunError::kBus, error.address(), error.what()};
  } catch (const Error& error) {
    end = {RunState::kFailed, RunError::kInternal, 0, error.what()};
  }
  transfers->end_run();  // it waits, which no handler may: handlers share one stack of exceptions
  return end;
}

RunState SequencerModule::walk() {
  const Program& program = context_.program;
  for (const Step& step : program.steps) {
    if (stopping_) return RunState::kStopped;
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
  return RunState::kDone;
}

}  // namespace brownout::accel
