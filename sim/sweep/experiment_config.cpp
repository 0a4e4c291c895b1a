// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/experiment_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sim/core/error.h"
#include "sim/sweep/fuse_config.h"
#include "sim/sweep/rails_config.h"

namespace brownout::sweep {
namespace {

using config::Section;
using config::SupplyVoltage;

constexpr const char* kUntrained =
    "found an untrained network, allowed: an ONNX file; untrained networks have timing and energy "
    "only, by 'brownout run'";
constexpr config::Limits kImages{1, 1e9};
constexpr config::Limits kChips{1, 1e5};
constexpr config::Limits kChipNumbers{0, 9e15};  // integers a double holds exactly

struct SweepSetting {
  Section section;
  SweepConfig config;
  std::vector<SupplyVoltage> voltages;
};

std::size_t read_images(Section& section, const char* key, const char* description,
                        std::size_t fallback) {
  return static_cast<std::size_t>(
      section.integer(key, description, kImages, static_cast<std::int64_t>(fallback)));
}

ChipId read_chip(Section& section, const char* key, const char* description) {
  return ChipId(static_cast<std::uint64_t>(section.integer(key, description, kChipNumbers, 0)));
}

SweepSetting read_sweep(Section section) {
  SweepConfig sweep;
  sweep.rail = section.text("rail", "rail to step through the voltages");
  std::vector<SupplyVoltage> voltages;  // none: the map's
  if (section.says("voltages", "map")) {
    static_cast<void>(section.text("voltages", "voltages of that rail, 'map': all of the map's"));
  } else {
    voltages = section.voltages("voltages", "voltages of that rail, or 'map': all of the map's");
  }
  sweep.from_layer = section.text("from_layer",
                                  "layer from which on they hold, before it the rail's own; empty: "
                                  "everywhere",
                                  "");
  sweep.until_layer = section.text("until_layer",
                                   "layer from which on it is the rail's own voltage again; empty: "
                                   "nowhere",
                                   "");
  sweep.first_chip = read_chip(section, "first_chip", "seed of the first chip");
  sweep.chips = static_cast<std::size_t>(section.integer(
      "chips", "number of chips, seeds in a row", kChips, static_cast<std::int64_t>(sweep.chips)));
  sweep.images =
      read_images(section, "images", "first images of the data set, at every point", sweep.images);
  sweep.nominal_images =
      read_images(section, "nominal_images",
                  "images at the reference point, the rail at its highest measured voltage",
                  sweep.nominal_images);
  return {section, std::move(sweep), std::move(voltages)};
}

RunConfig read_run(Section root) {
  RunConfig run;
  auto section = root.optional_section("run", "what 'brownout run' simulates");
  if (!section) return run;
  run.chip = read_chip(*section, "chip", "seed of the chip");
  run.images = read_images(*section, "images", "first images of the data set", run.images);
  return run;
}

SweepConfig check_sweep(SweepSetting setting, const accel::Machine& machine) {
  Section section = setting.section;
  SweepConfig sweep = std::move(setting.config);
  if (machine.accelerator.rails().count(sweep.rail) == 0) {
    section.fail("rail", no_such_rail(sweep.rail, machine.accelerator));
  }
  if (setting.voltages.empty()) {
    const auto& map = machine.memory.faults.map;
    if (!map) section.fail("voltages", "found 'map', required with it: memory.faults.map");
    for (const VminRatio level : map ? map->voltages : std::vector<VminRatio>()) {
      setting.voltages.push_back({level.count(), true});
    }
  }
  for (const SupplyVoltage voltage : setting.voltages) {
    sweep.voltages.push_back(on_curve(machine.memory, {section, voltage}, "voltages"));
    check_voltage(machine, sweep.rail, sweep.voltages.back(), section, "voltages");
  }
  std::sort(sweep.voltages.rbegin(), sweep.voltages.rend());
  const auto twin = std::adjacent_find(sweep.voltages.begin(), sweep.voltages.end());
  if (twin != sweep.voltages.end()) {
    section.fail("voltages", fmt::format("found {} Vmin twice", twin->count()));
  }
  for (const auto& [key, layer] :
       {std::pair("from_layer", &sweep.from_layer), std::pair("until_layer", &sweep.until_layer)}) {
    if (layer->empty() || machine.ramps.count(sweep.rail) != 0) continue;
    section.fail(
        key, fmt::format("found no rails.{}.ramp, required: what the change costs", sweep.rail));
  }
  return sweep;
}

/// The sweep alone says what its rail does.
void check_swept_rail(const SweepConfig& sweep, const std::vector<RailSetting>& rails) {
  for (const RailSetting& rail : rails) {
    if (rail.name != sweep.rail || rail.schedule.empty()) continue;
    Section section = rail.setting.section;
    section.fail("schedule", fmt::format("found a schedule for '{}', which the sweep steps, "
                                         "allowed: sweep.from_layer instead",
                                         rail.name));
  }
}

/// What a buffer's protection needs of the memory.
void check_protection(const accel::Machine& machine, memory::GroupId group, Section section) {
  const accel::BufferConfig& buffer = machine.accelerator.buffers[group];
  const std::uint32_t rows = machine.memory.macro.rows;
  if (rows % buffer.interleave != 0) {
    section.fail("interleave", fmt::format("found {}, allowed: a divisor of the macro's {} rows",
                                           buffer.interleave, rows));
  }
  const bool redundant = buffer.redundancy.rows + buffer.redundancy.columns > 0;
  if (redundant) {
    static_cast<void>(on_curve(machine.memory,
                               {section.section("redundancy", ""), buffer.redundancy.tested_at},
                               "tested_at"));
  }
  const bool by_weight =
      group == memory::GroupId::kFilter && memory::is_ibm_random(machine.memory.faults.mapping);
  constexpr const char* kByWeight =
      "found with 'memory.faults.mapping: ibm_random', which lays faults over weights wherever "
      "they lie, allowed: with 'mapping: address'";
  constexpr const char* kMeasured =
      "found over measured cells, allowed: in buffers without 'memory.faults.map'";
  const bool measured = machine.memory.faults.is_measured(group);
  if (!by_weight && !measured) return;
  const char* why = measured ? kMeasured : kByWeight;
  if (redundant) section.fail("redundancy", why);
  if (buffer.interleave > 1) section.fail("interleave", why);
  if (buffer.safe_bits) section.fail("safe_bits", why);
}

void check_buffers(const accel::Machine& machine, Section root) {
  Section buffers = root.section("accelerator", "").section("buffers", "");
  bool fits = true;
  for (const memory::GroupId group : memory::kGroups) {
    const accel::BufferConfig& buffer = machine.accelerator.buffers[group];
    check_protection(machine, group, buffers.section(memory::group_name(group), ""));
    try {
      static_cast<void>(memory::SramGeometry(machine.memory.macro, buffer.capacity, buffer.banks));
    } catch (const InputError& error) {
      buffers.fail(memory::group_name(group), error.what());
      fits = false;
    }
    try {
      static_cast<void>(memory::lanes_of(buffer.ecc.choice, machine.memory.macro.word_bits));
    } catch (const InputError& error) {
      buffers.section(memory::group_name(group), "").fail("ecc", error.what());
      fits = false;
    }
    if (buffer.ecc.choice.code != memory::Code::kNone && machine.memory.faults.is_measured(group)) {
      buffers.section(memory::group_name(group), "")
          .fail("ecc",
                "found an error code over measured cells, allowed: none; the map has no "
                "check bits");
    }
  }
  if (!fits || !machine.memory.faults.map) return;
  try {
    memory::require_blocks(*machine.memory.faults.map, machine.geometry());
  } catch (const InputError& error) {
    root.section("memory", "").section("faults", "").section("map", "").fail("file", error.what());
  }
}

/// Untrained networks need no images; some may be given, for a machine's sake.
models::DatasetConfig read_dataset(const NetworkConfig& network, Section root) {
  constexpr const char* kDataset = "labelled images to classify";
  if (!network.is_untrained()) {
    return models::read_dataset_config(root.section("dataset", kDataset));
  }
  const auto section = root.optional_section("dataset", kDataset);
  return section ? models::read_dataset_config(*section) : models::DatasetConfig{};
}

}  // namespace

ExperimentConfig read_experiment_config(config::Document& document, Purpose purpose) {
  Section root = document.root();
  const bool machine_only = purpose == Purpose::kMachine;
  const NetworkConfig network = machine_only ? NetworkConfig{} : read_network_config(root);
  const auto dataset = machine_only ? models::DatasetConfig{} : read_dataset(network, root);
  accel::Machine machine{
      accel::read_accelerator_config(root.section("accelerator", "the accelerator")),
      memory::read_memory_config(root.section("memory", "the SRAM technology of its buffers")),
      {}};
  const std::vector<RailSetting> settings = read_rails(root, machine);
  const RunConfig run = machine_only ? RunConfig{} : read_run(root);
  std::optional<SweepSetting> sweep;
  constexpr const char* kSweep = "what 'brownout sweep' simulates";
  if (purpose == Purpose::kSweep) {
    sweep = read_sweep(root.section("sweep", kSweep));
    if (network.is_untrained()) root.fail("network", kUntrained);
  } else if (!machine_only) {
    if (auto section = root.optional_section("sweep", kSweep)) sweep = read_sweep(*section);
  }
  std::optional<fuse::StageConfig> stage;
  if (!machine_only) stage = fuse::read_stage_config(root);
  std::vector<Variant> variants;
  if (purpose == Purpose::kRun) {
    variants = read_variants(root);
  } else if (purpose == Purpose::kSweep) {
    root.leave_out("variants");  // a sweep is one of them, whatever others there are
  }
  document.finish();

  accel::OperatingPoint rails = check_rails(settings, machine, root);
  std::vector<NamedChange> changes = check_schedules(settings, machine);
  if (!changes.empty() && (machine_only || network.is_untrained())) {
    root.fail("rails",
              "found a schedule, allowed: with one trained network, whose layers it names");
  }
  check_buffers(machine, root);
  std::optional<SweepConfig> checked;
  if (sweep) {
    checked = check_sweep(*std::move(sweep), machine);
    // `run` ignores the sweep, and a sweep the rail's own schedule.
    if (purpose == Purpose::kSweep) check_swept_rail(*checked, settings);
  }
  std::optional<fuse::StageSetup> setup;
  if (stage) {
    const std::string swept = purpose == Purpose::kSweep ? checked->rail : "";
    setup = check_stage(*stage, machine, rails, swept, root);
  }
  document.finish();
  return {network,
          dataset,
          std::move(machine),
          std::move(rails),
          run,
          std::move(checked),
          std::move(changes),
          std::move(variants),
          std::move(setup)};
}

}  // namespace brownout::sweep
