// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/run_text.h"

#include <fmt/format.h>

#include "accel/accounting.h"
#include "accel/energy_model.h"
#include "accel/fault_rates.h"
#include "accel/operating_timing.h"
#include "sim/sweep/generator_text.h"
#include "sim/sweep/layer_table.h"
#include "sim/sweep/manifest.h"
#include "sim/sweep/point_result.h"
#include "sim/sweep/text_table.h"
#include "sim/sweep/wording.h"

namespace brownout::cli {
namespace {

using accel::Activity;
using sweep::TextColumn;
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
  for (const accel::VoltageChange& change : experiment.config.rails.schedule()) {
    text += fmt::format(", {} {:.4g} Vmin from {}", change.rail, change.voltage.count(),
                        experiment.graph.nodes[change.layer].name);
  }
  text += "\nfaulty cells:";
  separator = " ";
  for (const memory::GroupId group : memory::kGroups) {
    text += fmt::format("{}{} {}", separator, sweep::buffer_label(group),
                        sweep::rate(result.bit_error_rates[group]));
    separator = ", ";
  }
  const std::string extrapolated = extrapolation_text(experiment.config);
  if (!extrapolated.empty()) text += "\n" + extrapolated;
  return text + "\n\n";
}

std::string weight_words(const sweep::PointResult& result) {
  if (!result.weight_words) return "";
  const memory::CodeOutcomes& words = *result.weight_words;
  return fmt::format("weight words      {}: {} put right, {} detected, {} silently wrong\n",
                     thousands(words.words), thousands(words.corrected), thousands(words.detected),
                     thousands(words.silent));
}

std::string accuracy(const sweep::PointResult& result) {
  const Interval interval = result.interval();
  return fmt::format(
      "accuracy          {} %, {} of {} images (95 % interval {} to {} %)\n"
      "weight bits wrong {} of all\n",
      sweep::percent(result.accuracy(), 2), thousands(result.correct),
      thousands(result.point.images), sweep::percent(interval.lower, 2),
      sweep::percent(interval.upper, 2), sweep::rate(result.flipped_weight_bits));
}

std::string key_figures(const sweep::Experiment& experiment, const sweep::SingleRun& run) {
  const sweep::PointResult& result = run.result;
  const accel::LayerStatistics total = run.cost.layers.total();
  const auto& array = experiment.config.machine.accelerator.array;
  const auto macs = static_cast<double>(total.macs);
  const std::uint64_t bytes = total.dram_read_bytes + total.dram_write_bytes;
  const sweep::EnergyUnit unit = sweep::energy_unit(result.total_energy());
  const double clock = accel::run_clock(experiment.config.machine, experiment.config.rails).count();
  return fmt::format(
      "time per image    {}, {} cycles at {:.4g} GHz\n"
      "speed             {:.1f} of {} MACs a cycle\n"
      "DRAM traffic      {} bytes, {:.1f} MACs a byte\n"
      "energy per image  {} {}\n"
      "energy x delay    {:.4g} uJ x us\n\n",
      sweep::time_text(result.time), thousands(result.cycles.count()), clock * 1e-9,
      macs / static_cast<double>(result.cycles.count()),
      thousands(std::uint64_t{array.rows} * array.cols), thousands(bytes),
      macs / static_cast<double>(bytes), unit.text(result.total_energy()), unit.name,
      result.energy_delay() * 1e-9);
}

std::string stage_text(const sweep::PointResult& result) {
  const std::string text = sweep::generator_text(result);
  return text.empty() ? "" : text + "\n";
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

/// What is spent outside accelerators, and by a generator, only where there is one.
std::string energy_table(const sweep::PointResult& result) {
  const sweep::EnergyUnit unit = sweep::energy_unit(result.total_energy());
  const bool generator = result.has_generator();
  std::vector<TextColumn> columns = {{"", "energy spent in", true}, {"", unit.name}, {"", "%"}};
  if (generator) {
    columns.push_back({"", "generator"});
    columns.push_back({"", "network"});
  }
  TextTable table(std::move(columns));
  const auto base = result.base_energies();
  for (std::size_t i = 0; i < result.energies.size(); ++i) {
    const auto& [name, energy] = result.energies[i];
    if (name == "outside" && !generator) continue;
    std::vector<std::string> row = {sweep::component_label(name), unit.text(energy),
                                    share(energy.count(), result.total_energy().count())};
    if (generator) {
      row.push_back(unit.text(result.generator_energies[i].second));
      row.push_back(unit.text(base[i].second));
    }
    table.add_row(std::move(row));
  }
  return table.text() + "\n";
}

void add_scale_sim(std::vector<TextColumn>& columns) {
  for (const char* title : {"cycles", "ifmap reads", "filter reads", "ofmap writes"}) {
    columns.push_back({"SCALE-Sim, elements", title});
  }
}

void add_scale_sim(std::vector<std::string>& cells,
                   const std::optional<accel::ScaleSimCounts>& counts) {
  if (!counts) {
    cells.insert(cells.end(), 4, "-");
    return;
  }
  for (const std::uint64_t count :
       {counts->cycles, counts->ifmap_reads, counts->filter_reads, counts->ofmap_writes}) {
    cells.push_back(thousands(count));
  }
}

/// `scale_sim` is that of the layers or empty.
std::string layer_table(const sweep::Experiment& experiment, const sweep::SingleRun& run,
                        const sweep::ScaleSimLayers& scale_sim) {
  const sweep::EnergyUnit unit = sweep::energy_unit(run.result.total_energy());
  const bool own = experiment.stage && experiment.stage->placement() == fuse::Placement::kDedicated;
  std::vector<TextColumn> columns = {
      {"", "layer", true}, {"", "kind", true},
      {"", "MACs"},        {"", "cycles"},
      {"", "stalled, %"},  {"", "array used, %"},
      {"", "DRAM bytes"},  {"", fmt::format("energy, {}", unit.name)}};
  if (!scale_sim.empty()) add_scale_sim(columns);
  TextTable table(std::move(columns));
  for (std::size_t i = 0; i < run.cost.layers.layers.size(); ++i) {
    const accel::LayerStatistics& layer = run.cost.layers.layers[i];
    const auto& array = own && i < run.cost.stage_layers
                            ? experiment.stage->setup.machine.accelerator.array
                            : experiment.config.machine.accelerator.array;
    const auto cycles = static_cast<double>(layer.total_cycles().count());
    const auto stalls =
        static_cast<double>(layer.at(Activity::kStallIfmap) + layer.at(Activity::kStallFilter) +
                            layer.at(Activity::kStallOfmap));
    const double slots = cycles * array.rows * array.cols;
    std::vector<std::string> cells = {run.cost.layers.names[i],
                                      run.cost.kinds[i],
                                      thousands(layer.macs),
                                      thousands(layer.total_cycles().count()),
                                      share(stalls, cycles),
                                      share(static_cast<double>(layer.macs), slots),
                                      thousands(layer.dram_read_bytes + layer.dram_write_bytes),
                                      unit.text(run.cost.energies[i].total())};
    if (!scale_sim.empty()) add_scale_sim(cells, scale_sim.at(i));
    table.add_row(std::move(cells));
  }
  return table.text();
}

/// What new codes did to the stored weights; `change` says how they were chosen.
std::string requantized_text(const std::string& change,
                             const std::vector<models::RequantizedLayer>& layers) {
  if (layers.empty()) return "";
  models::RequantizedLayer all;
  const models::RequantizedLayer* worst = &layers.front();
  for (const models::RequantizedLayer& layer : layers) {
    all += layer;
    if (layer.snr() < worst->snr()) worst = &layer;
  }
  return fmt::format(
      "{}: {} % of {} clipped, signal to noise {:.1f} dB, lowest in {}: {} % and {:.1f} dB\n",
      change, sweep::percent(all.share(), 3), thousands(all.weights), all.snr(), worst->name,
      sweep::percent(worst->share(), 3), worst->snr());
}

std::string requantized_text(const sweep::Experiment& experiment) {
  const sweep::NetworkConfig& network = experiment.config.network;
  std::string text;
  if (network.clip_weights) {
    text += requantized_text("weights clipped   to " + network.clip_weights->text(),
                             experiment.clipped);
  }
  if (network.weight_bits) {
    text += requantized_text(fmt::format("weights reduced   to {} bits", *network.weight_bits),
                             experiment.reduced);
  }
  return text;
}

/// Cells of the buffers by purpose, where there are other than data.
std::string area_table(const accel::Machine& machine) {
  TextTable table({{"", "buffer cells, bits", true},
                   {"", "data"},
                   {"", "of these safe"},
                   {"", "check"},
                   {"", "spare"},
                   {"", "total"},
                   {"", "more, %"}});
  bool plain = true;
  for (const sweep::BufferArea& area : sweep::buffer_areas(machine)) {
    const memory::AreaBits& bits = area.bits;
    plain = plain && bits.total() == bits.data && bits.safe == 0;
    table.add_row(
        {area.buffer, thousands(bits.data), thousands(bits.safe), thousands(bits.check),
         thousands(bits.spare), thousands(bits.total()),
         share(static_cast<double>(bits.total() - bits.data), static_cast<double>(bits.data))});
  }
  return plain ? "" : table.text() + "\n";
}

std::string access_table(const accel::LayerStatistics& total) {
  TextTable table({{"", "buffer words", true}, {"", "reads"}, {"", "writes"}});
  for (const memory::GroupId group : memory::kGroups) {
    const memory::AccessCounts& accesses = total.accesses[group];
    table.add_row(
        {sweep::buffer_label(group), thousands(accesses.reads), thousands(accesses.writes)});
  }
  return table.text() + "\n";
}

std::string agreement_text(const sweep::Agreement& agreement) {
  return fmt::format(
      "\nboth engines agree: {} images, {} layer outputs, {} codes and logits, {} counts (and so "
      "cycles and energy) are equal\n",
      thousands(agreement.images), thousands(agreement.layers), thousands(agreement.elements),
      thousands(agreement.statistics));
}

}  // namespace

std::string extrapolation_text(const sweep::ExperimentConfig& config) {
  const std::string buffers =
      sweep::buffer_labels(accel::extrapolated(config.machine, config.rails));
  const memory::VoltageCurve& curve = config.machine.memory.curve;
  return buffers.empty()
             ? ""
             : fmt::format(
                   "extrapolated: faulty cells and energy of {}, outside the measured {:.4g} "
                   "to {:.4g} Vmin",
                   buffers, curve.lowest().count(), curve.highest().count());
}

std::string run_text(const sweep::Experiment& experiment, const sweep::SingleRun& run) {
  return head(experiment, run.result) + accuracy(run.result) + weight_words(run.result) +
         requantized_text(experiment) + key_figures(experiment, run) + stage_text(run.result) +
         activity_table(run.cost.layers.total()) + energy_table(run.result) +
         area_table(experiment.config.machine) +
         layer_table(experiment, run, sweep::scale_sim_of(experiment)) +
         (run.agreement ? agreement_text(*run.agreement) : std::string());
}

std::string untrained_text(const sweep::UntrainedRun& untrained) {
  const sweep::Experiment& experiment = untrained.experiment;
  const sweep::SingleRun& run = untrained.run;
  return head(experiment, run.result) +
         "accuracy          none, untrained: timing and energy only\n" +
         key_figures(experiment, run) + stage_text(run.result) +
         activity_table(run.cost.layers.total()) + energy_table(run.result) +
         access_table(run.cost.layers.total()) + area_table(experiment.config.machine) +
         layer_table(experiment, run, untrained.scale_sim());
}

}  // namespace brownout::cli
