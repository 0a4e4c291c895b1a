// SPDX-License-Identifier: Apache-2.0
#include "accel/sequencer_module.h"

#include <sysc/kernel/sc_spawn.h>
#include <algorithm>
#include <cmath>

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
  const Cycles after = period_.now();
  context_.layer_statistics(layer).at(reason) += (after - before).count();
  if (context_.probe != nullptr && after != before) {
    context_.probe->observer().on_activity({layer, reason, before.count(), after.count()});
  }
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

void SequencerModule::spend(std::uint32_t layer, Activity activity, Cycles cycles) {
  stall(layer, activity, [&] {
    if (cycles.count() > 0) wait(period_.of(cycles));
  });
}

void SequencerModule::change_supply(std::uint32_t index) {
  const std::uint32_t layer = context_.program.steps[index].layer;
  if (!supply->changes_at(layer)) return;
  // What a cell reads is decided when it is read: results of the layers before leave their buffer
  // at the voltage of those layers. Loads may go on, a write is the same at any voltage.
  const std::vector<Store>& stores = context_.program.stores;
  const auto next = std::partition_point(stores.begin(), stores.end(),
                                         [&](const Store& store) { return store.step < index; });
  const auto count = static_cast<std::uint32_t>(next - stores.begin());
  stall(layer, Activity::kStallOfmap, [&] { transfers->wait_for_stores(count); });
  const double cycles = supply->ramp_time(layer) / period_.length();
  const Cycles begin = period_.now();
  spend(layer, Activity::kRailRamp, Cycles(static_cast<std::uint64_t>(std::ceil(cycles))));
  if (context_.probe != nullptr) {
    context_.probe->observer().on_ramp(layer, begin.count(), period_.now().count());
  }
  supply->enter(layer);
}

void SequencerModule::execute(const Step& step) {
  const bool is_array = context_.program.layers[step.layer].conv() != nullptr;
  const StepLatency latency = supply->timing().latency(is_array, !step.ofmap.empty());
  spend(step.layer, is_array ? Activity::kFill : Activity::kVector, Cycles(latency.before));
  (is_array ? array : vector)->execute(step);
  spend(step.layer, is_array ? Activity::kDrain : Activity::kVector, Cycles(latency.after));
  spend(step.layer, Activity::kStallIfmap, Cycles(step.conflicts[memory::GroupId::kIfmap]));
  spend(step.layer, Activity::kStallFilter, Cycles(step.conflicts[memory::GroupId::kFilter]));
  spend(step.layer, Activity::kStallOfmap, Cycles(step.conflicts[memory::GroupId::kOfmap]));
}

RunState SequencerModule::walk() {
  const Program& program = context_.program;
  for (std::uint32_t index = 0; index < program.steps.size(); ++index) {
    if (stopping_) return RunState::kStopped;
    const Step& step = program.steps[index];
    if (context_.probe != nullptr) context_.probe->observer().on_time(period_.now().count());
    if (index == 0 || program.steps[index - 1].layer != step.layer) change_supply(index);
    stall(step.layer, Activity::kStallIfmap, [&] { transfers->wait_for_loads(step.ifmap_loads); });
    stall(step.layer, Activity::kStallFilter,
          [&] { transfers->wait_for_loads(step.filter_loads); });
    stall(step.layer, Activity::kStallOfmap, [&] { transfers->wait_for_stores(step.stores); });
    if (context_.probe != nullptr) {
      context_.probe->observer().on_step_begin(index, period_.now().count());
    }
    execute(step);
    if (context_.probe != nullptr) {
      context_.probe->observer().on_step_end(period_.now().count());
    }
    transfers->finish_step();
  }
  const auto stores = static_cast<std::uint32_t>(program.stores.size());
  stall(program.steps.back().layer, Activity::kStallOfmap,
        [&] { transfers->wait_for_stores(stores); });
  return RunState::kDone;
}

}  // namespace brownout::accel
