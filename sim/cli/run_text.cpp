// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/run_text.h"

#include <fmt/format.h>

#include "accel/energy_model.h"
#include "sim/sweep/text_table.h"
#include "sim/sweep/wording.h"

namespace brownout::cli {
namespace {

using accel::Activity;
using sweep::TextTable;
using sweep::thousands;

std::string share(double part, double whole) {
  return whole == 0 ? "-" : sweep::percent(part / whole, 1);
}

std::string head(const sweep::Experiment& experiment, const sweep::PointResult& result) {
  const auto& machine = experiment.config.machine;
  std::string text = fmt::format("{} on {} with {} memory: chip {}, engine {}\n",
                                 experiment.network_name, machine.accelerator.name,
                                 machine.memory.name, result.point.chip.value(), result.engine);
  text += "rails:";
  const char* separator = " ";
  for (const auto& [name, voltage] : experiment.config.rails.rails()) {
    text += fmt::format("{}{} {:.4g} Vmin", separator, name, voltage.count());
    separator = ", ";
  }
  text += "\nbit errors:";
  separator = " ";
  for (const memory::GroupId group : memory::kGroups) {
    text += fmt::format("{}{} {}", separator, sweep::buffer_label(group),
                        sweep::rate(result.bit_error_rates[group]));
    separator = ", ";
  }
  return text + "\n\n";
}

std::string key_figures(const sweep::Experiment& experiment, const sweep::PointResult& result) {
  const Interval interval = result.interval();
  const sweep::EnergyUnit unit = sweep::energy_unit(result.total_energy());
  return fmt::format(
      "accuracy          {} %, {} of {} images (95 % interval {} to {} %)\n"
      "time per image    {}, {} cycles at {:.4g} GHz\n"
      "energy per image  {} {}\n\n",
      sweep::percent(result.accuracy(), 2), thousands(result.correct),
      thousands(result.point.images), sweep::percent(interval.lower, 2),
      sweep::percent(interval.upper, 2), sweep::time_text(result.time),
      thousands(result.cycles.count()), experiment.config.machine.accelerator.clock.count() * 1e-9,
      unit.text(result.total_energy()), unit.name);
}

std::string activity_table(const accel::LayerStatistics& total) {
  TextTable table({{"", "cycles spent on", true}, {"", "cycles"}, {"", "%"}});
  const std::uint64_t cycles = total.total_cycles().count();
  for (std::size_t i = 0; i < accel::kActivities; ++i) {
    const auto activity = static_cast<Activity>(i);
    const std::uint64_t count = total.at(activity);
    table.add_row({sweep::activity_label(std::string("cycles_") + accel::activity_name(activity)),
                   thousands(count),
                   share(static_cast<double>(count), static_cast<double>(cycles))});
  }
  return table.text() + "\n";
}

std::string energy_table(const sweep::PointResult& result) {
  const sweep::EnergyUnit unit = sweep::energy_unit(result.total_energy());
  TextTable table({{"", "energy spent in", true}, {"", unit.name}, {"", "%"}});
  for (const auto& [name, energy] : result.energies) {
    table.add_row({sweep::component_label(name), unit.text(energy),
                   share(energy.count(), result.total_energy().count())});
  }
  return table.text() + "\n";
}

std::string layer_table(const sweep::Experiment& experiment, const sweep::SingleRun& run) {
  const sweep::EnergyUnit unit = sweep::energy_unit(run.result.total_energy());
  const auto& machine = experiment.config.machine;
  const auto& array = machine.accelerator.array;
  TextTable table({{"", "layer", true},
                   {"", "kind", true},
                   {"", "MACs"},
                   {"", "cycles"},
                   {"", "stalled, %"},
                   {"", "array used, %"},
                   {"", "DRAM bytes"},
                   {"", fmt::format("energy, {}", unit.name)}});
  for (std::size_t i = 0; i < run.statistics.layers.size(); ++i) {
    const accel::LayerStatistics& layer = run.statistics.layers[i];
    const auto cycles = static_cast<double>(layer.total_cycles().count());
    const auto stalls =
        static_cast<double>(layer.at(Activity::kStallIfmap) + layer.at(Activity::kStallFilter) +
                            layer.at(Activity::kStallOfmap));
    const double slots = cycles * array.rows * array.cols;
    table.add_row({run.statistics.names[i],
                   models::operation_name(experiment.graph.nodes[i].operation),
                   thousands(layer.macs), thousands(layer.total_cycles().count()),
                   share(stalls, cycles), share(static_cast<double>(layer.macs), slots),
                   thousands(layer.dram_read_bytes + layer.dram_write_bytes),
                   unit.text(accel::energy_of(layer, machine, experiment.config.rails).total())});
  }
  return table.text();
}

std::string agreement_text(const sweep::Agreement& agreement) {
  return fmt::format(
      "\nboth engines agree: {} images, {} layer outputs, {} codes and logits, {} counts (and so "
      "cycles and energy) are equal\n",
      thousands(agreement.images), thousands(agreement.layers), thousands(agreement.elements),
      thousands(agreement.statistics));
}

}  // namespace

std::string run_text(const sweep::Experiment& experiment, const sweep::SingleRun& run) {
  return head(experiment, run.result) + key_figures(experiment, run.result) +
         activity_table(run.statistics.total()) + energy_table(run.result) +
         layer_table(experiment, run) +
         (run.agreement ? agreement_text(*run.agreement) : std::string());
}

}  // namespace brownout::cli
