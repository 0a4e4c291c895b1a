// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/run_text.h"

#include <fmt/format.h>

#include "accel/accounting.h"
#include "accel/energy_model.h"
#include "accel/fault_rates.h"
#include "sim/sweep/layer_table.h"
#include "sim/sweep/manifest.h"
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
  const accel::LayerStatistics total = run.statistics.total();
  const auto& array = experiment.config.machine.accelerator.array;
  const auto macs = static_cast<double>(total.macs);
  const std::uint64_t bytes = total.dram_read_bytes + total.dram_write_bytes;
  const sweep::EnergyUnit unit = sweep::energy_unit(result.total_energy());
  return fmt::format(
      "time per image    {}, {} cycles at {:.4g} GHz\n"
      "speed             {:.1f} of {} MACs a cycle\n"
      "DRAM traffic      {} bytes, {:.1f} MACs a byte\n"
      "energy per image  {} {}\n"
      "energy x delay    {:.4g} uJ x us\n\n",
      sweep::time_text(result.time), thousands(result.cycles.count()),
      static_cast<double>(result.cycles.count()) / result.time.count() * 1e3,
      macs / static_cast<double>(result.cycles.count()),
      thousands(std::uint64_t{array.rows} * array.cols), thousands(bytes),
      macs / static_cast<double>(bytes), unit.text(result.total_energy()), unit.name,
      result.energy_delay() * 1e-9);
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

using Nodes = std::vector<const models::Node*>;

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

/// `nodes` are the layers' in order, `scale_sim` theirs or empty.
std::string layer_table(const sweep::Experiment& experiment, const sweep::SingleRun& run,
                        const Nodes& nodes, const sweep::ScaleSimLayers& scale_sim) {
  const sweep::EnergyUnit unit = sweep::energy_unit(run.result.total_energy());
  const auto& machine = experiment.config.machine;
  const auto& array = machine.accelerator.array;
  std::vector<TextColumn> columns = {
      {"", "layer", true}, {"", "kind", true},
      {"", "MACs"},        {"", "cycles"},
      {"", "stalled, %"},  {"", "array used, %"},
      {"", "DRAM bytes"},  {"", fmt::format("energy, {}", unit.name)}};
  if (!scale_sim.empty()) add_scale_sim(columns);
  TextTable table(std::move(columns));
  for (std::size_t i = 0; i < run.statistics.layers.size(); ++i) {
    const accel::LayerStatistics& layer = run.statistics.layers[i];
    const auto cycles = static_cast<double>(layer.total_cycles().count());
    const auto stalls =
        static_cast<double>(layer.at(Activity::kStallIfmap) + layer.at(Activity::kStallFilter) +
                            layer.at(Activity::kStallOfmap));
    const double slots = cycles * array.rows * array.cols;
    std::vector<std::string> cells = {
        run.statistics.names[i],
        models::operation_name(nodes[i]->operation),
        thousands(layer.macs),
        thousands(layer.total_cycles().count()),
        share(stalls, cycles),
        share(static_cast<double>(layer.macs), slots),
        thousands(layer.dram_read_bytes + layer.dram_write_bytes),
        unit.text(accel::energy_of_layer(layer, machine, experiment.config.rails,
                                         static_cast<std::uint32_t>(i))
                      .total())};
    if (!scale_sim.empty()) add_scale_sim(cells, scale_sim.at(i));
    table.add_row(std::move(cells));
  }
  return table.text();
}

/// What clipping did to the stored weights.
std::string clipping_text(const sweep::Experiment& experiment) {
  if (experiment.clipped.empty()) return "";
  models::ClippedLayer all;
  const models::ClippedLayer* worst = &experiment.clipped.front();
  for (const models::ClippedLayer& layer : experiment.clipped) {
    all += layer;
    if (layer.snr() < worst->snr()) worst = &layer;
  }
  return fmt::format(
      "weights clipped   to {}: {} % of {}, signal to noise {:.1f} dB, lowest in {}: {} % and "
      "{:.1f} "
      "dB\n",
      experiment.config.network.clip_weights->text(), sweep::percent(all.share(), 3),
      thousands(all.weights), all.snr(), worst->name, sweep::percent(worst->share(), 3),
      worst->snr());
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
  Nodes nodes;
  for (const models::Node& node : experiment.graph.nodes) nodes.push_back(&node);
  return head(experiment, run.result) + accuracy(run.result) + weight_words(run.result) +
         clipping_text(experiment) + key_figures(experiment, run) +
         activity_table(run.statistics.total()) + energy_table(run.result) +
         area_table(experiment.config.machine) +
         layer_table(
             experiment, run, nodes,
             sweep::scale_sim_layers({&experiment.graph}, experiment.config.machine.accelerator)) +
         (run.agreement ? agreement_text(*run.agreement) : std::string());
}

std::string untrained_text(const sweep::UntrainedRun& untrained) {
  const sweep::Experiment& experiment = untrained.experiment;
  const sweep::SingleRun& run = untrained.run;
  return head(experiment, run.result) +
         "accuracy          none, untrained: timing and energy only\n" +
         key_figures(experiment, run) + activity_table(run.statistics.total()) +
         energy_table(run.result) + access_table(run.statistics.total()) +
         area_table(experiment.config.machine) +
         layer_table(experiment, run, untrained.nodes(), untrained.scale_sim());
}

}  // namespace brownout::cli
