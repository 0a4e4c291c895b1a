// SPDX-License-Identifier: Apache-2.0
#include "fuse/train/chip_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "accel/fault_rates.h"
#include "models/reference.h"
#include "sim/core/error.h"
#include "sim/core/thread_pool.h"

namespace brownout::fuse {

VminRatio voltage_at(const memory::VoltageCurve& curve, double rate) {
  double low = curve.lowest().count();
  double high = curve.reference().count();
  if (rate > curve.bit_error_rate(VminRatio(low)) || rate < curve.bit_error_rate(VminRatio(high))) {
    throw InputError(
        fmt::format("a share of {} failing cells is not on the memory's curve, "
                    "allowed: {} (at {:.4f} Vmin) to {} (at {:.4f} Vmin)",
                    rate, curve.bit_error_rate(VminRatio(high)), high,
                    curve.bit_error_rate(VminRatio(low)), low));
  }
  constexpr int kHalvings = 60;  // beyond a double's digits
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = 0.5 * (low + high);
    (curve.bit_error_rate(VminRatio(middle)) > rate ? low : high) = middle;
  }
  return VminRatio(0.5 * (low + high));
}

ChipSource::ChipSource(const models::Graph& graph, const accel::Machine& machine, std::string rail)
    : graph_(graph),
      machine_(machine),
      rail_(std::move(rail)),
      engine_(graph, machine),
      maker_(graph, engine_.program(), machine) {}

accel::OperatingPoint ChipSource::point(VminRatio voltage) const {
  std::map<std::string, VminRatio> rails;
  for (const std::string& name : machine_.accelerator.rails()) {
    rails[name] = name == rail_ ? voltage : machine_.memory.curve.reference();
  }
  return accel::OperatingPoint(std::move(rails));
}

memory::Chip ChipSource::chip(std::uint64_t number, const accel::OperatingPoint& at) const {
  return maker_.make(ChipId(number), accel::highest_fault_rates(machine_, at));
}

ChipSource::Weights ChipSource::weights(std::uint64_t number, VminRatio voltage) const {
  const accel::OperatingPoint at = point(voltage);
  return engine_.weights_read(chip(number, at), at);
}

double ChipSource::accuracy(std::uint64_t number, VminRatio voltage,
                            const std::vector<std::vector<std::uint8_t>>& inputs,
                            const std::vector<int>& labels) const {
  const accel::OperatingPoint at = point(voltage);
  const memory::Chip drawn = chip(number, at);
  const accel::FastEngine::View view = engine_.view(drawn, at);
  ThreadPool pool;
  std::vector<accel::FastGraph::Workspace> workspaces;
  for (std::size_t i = 0; i < pool.size(); ++i) workspaces.push_back(engine_.make_workspace());
  std::vector<int> correct(inputs.size(), 0);
  pool.parallel_for(inputs.size(), [&](std::size_t worker, std::size_t i) {
    std::vector<std::int32_t> logits;
    engine_.run(view, inputs[i], workspaces[worker], logits, static_cast<std::uint32_t>(i));
    correct[i] = models::classify(graph_, logits) == labels[i] ? 1 : 0;
  });
  const auto hits = std::count(correct.begin(), correct.end(), 1);
  return static_cast<double>(hits) / static_cast<double>(inputs.size());
}

}  // namespace brownout::fuse
