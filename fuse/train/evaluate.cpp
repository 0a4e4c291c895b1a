// SPDX-License-Identifier: Apache-2.0
#include "fuse/train/evaluate.h"

#include <fmt/format.h>

#include <algorithm>

#include "accel/fast/fast_graph.h"
#include "fuse/train/chip_source.h"
#include "fuse/train/fuse_schedule.h"
#include "models/data/input_encoder.h"
#include "sim/core/statistics.h"
#include "sim/core/thread_pool.h"

namespace brownout::fuse {
namespace {

using Codes = std::vector<std::vector<std::uint8_t>>;

/// The voltages to measure at, with what they are called.
std::vector<VminRatio> voltages(const TrainFuseConfig& config) {
  const memory::VoltageCurve& curve = config.machine.memory.curve;
  std::vector<double> rates = config.evaluation.rates;
  if (rates.empty()) rates = config.faults.rates;
  std::vector<VminRatio> result;
  result.reserve(rates.size());
  for (const double rate : rates) result.push_back(voltage_at(curve, rate));
  return rates.empty() ? config.faults.voltages : result;
}

/// Accuracy in percent on every chip.
std::vector<double> accuracies(const TrainFuseConfig& config, const ChipSource& chips,
                               VminRatio voltage, const Codes& inputs,
                               const std::vector<int>& labels) {
  std::vector<double> result;
  const int count = config.faults.known_chip ? 1 : config.evaluation.chips;
  for (int i = 0; i < count; ++i) {
    const std::uint64_t number = config.evaluation.first_chip + static_cast<std::uint64_t>(i);
    result.push_back(
        100 * chips.accuracy(config.faults.known_chip.value_or(number), voltage, inputs, labels));
  }
  return result;
}

std::string spread(const std::vector<double>& values) {
  return fmt::format("{:.2f} +- {:.2f} %", mean(values), sample_standard_deviation(values));
}

}  // namespace

std::vector<std::vector<std::uint8_t>> plain_codes(const models::Graph& base,
                                                   const models::Dataset& data, std::size_t count) {
  const models::InputEncoder encoder(base);
  Codes codes;
  for (std::size_t i = 0; i < std::min(count, data.size()); ++i) {
    codes.push_back(encoder.encode(data, i));
  }
  return codes;
}

std::vector<std::vector<std::uint8_t>> fused_codes(const models::Graph& front,
                                                   const models::Dataset& data, std::size_t count) {
  Codes codes = plain_codes(front, data, count);
  const accel::FastGraph fast(front);
  const accel::FastGraph::Weights weights = fast.pack_clean();
  const int zero_point = front.tensor(front.output).zero_point;
  ThreadPool pool;
  std::vector<accel::FastGraph::Workspace> workspaces;
  for (std::size_t i = 0; i < pool.size(); ++i) workspaces.emplace_back(fast);
  pool.parallel_for(codes.size(), [&](std::size_t worker, std::size_t i) {
    std::vector<std::int32_t> output;
    fast.run(weights, codes[i].data(), workspaces[worker], output);
    std::transform(output.begin(), output.end(), codes[i].begin(), [&](std::int32_t value) {
      return static_cast<std::uint8_t>(value + zero_point);
    });
  });
  return codes;
}

std::string evaluate(const TrainFuseConfig& config, const models::Graph& base,
                     const std::vector<int>& labels, const Codes& plain, const Codes& fused) {
  const ChipSource chips(base, config.machine, config.faults.rail);
  const VminRatio nominal = config.machine.memory.curve.reference();
  const double clean = chips.accuracy(config.evaluation.first_chip, nominal, plain, labels);
  const double clean_fused = chips.accuracy(config.evaluation.first_chip, nominal, fused, labels);
  std::string text = fmt::format(
      "integer networks, {} test images\nno faults: {:.2f} % without, {:.2f} % with the generator",
      plain.size(), 100 * clean, 100 * clean_fused);
  for (const VminRatio voltage : voltages(config)) {
    const auto without = accuracies(config, chips, voltage, plain, labels);
    const auto with = accuracies(config, chips, voltage, fused, labels);
    const double gap = 100 * clean - mean(without);
    text += fmt::format(
        "\n{:.4f} Vmin, {:.3g} % of the cells failing, {}: {} without, {} with, {:+.2f} points, "
        "{:.0f} % of the gap",
        voltage.count(), 100 * config.machine.memory.curve.bit_error_rate(voltage),
        config.faults.known_chip ? fmt::format("chip {}", *config.faults.known_chip)
                                 : fmt::format("chips {} to {}", config.evaluation.first_chip,
                                               config.evaluation.first_chip + without.size() - 1),
        spread(without), spread(with), mean(with) - mean(without),
        gap > 0 ? 100 * (mean(with) - mean(without)) / gap : 0.0);
  }
  return text;
}

}  // namespace brownout::fuse
