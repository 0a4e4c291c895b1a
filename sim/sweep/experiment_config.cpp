// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/experiment_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "sim/core/edit_distance.h"
#include "sim/core/error.h"

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

/// A voltage as written and where findings about it go.
struct RailSetting {
  std::string name;
  Section section;
  SupplyVoltage voltage;
};

struct SweepSetting {
  Section section;
  SweepConfig config;
  std::vector<SupplyVoltage> voltages;
};

std::vector<RailSetting> read_rails(Section root) {
  std::vector<RailSetting> rails;
  for (auto& [name, section] : root.named_sections("rails", "supply rails and their voltages")) {
    const SupplyVoltage voltage = section.voltage("voltage", "supply voltage of this rail");
    rails.push_back({name, section, voltage});
  }
  return rails;
}

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
  auto voltages = section.voltages("voltages", "voltages of that rail");
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

std::set<std::string> rails_of(const accel::AcceleratorConfig& accelerator) {
  std::set<std::string> names = {accelerator.array.rail};
  for (const memory::GroupId group : memory::kGroups) {
    names.insert(accelerator.buffers[group].rail);
  }
  return names;
}

std::string no_such_rail(const std::string& name, const accel::AcceleratorConfig& accelerator) {
  const std::set<std::string> names = rails_of(accelerator);
  const auto nearest = nearest_name(name, {names.begin(), names.end()});
  return fmt::format("found '{}', allowed: a rail of the accelerator '{}': {}{}", name,
                     accelerator.name, fmt::join(names, ", "),
                     nearest ? fmt::format(", did you mean '{}'?", *nearest) : "");
}

/// `voltage` on the memory's curve; a finding and the highest one otherwise.
VminRatio on_curve(const memory::MemoryConfig& memory, SupplyVoltage voltage, Section section,
                   const char* key) {
  try {
    return memory.ratio(voltage);
  } catch (const InputError& error) {
    section.fail(key, error.what());
    return memory.curve.highest();
  }
}

/// The array's logic gets slower at a lower voltage, which is not modelled; so it must not get one,
/// or it would save energy for nothing.
void check_logic(VminRatio voltage, const accel::Machine& machine, Section section,
                 const char* key) {
  const VminRatio highest = machine.memory.curve.highest();
  if (voltage == highest) return;
  section.fail(key, fmt::format("found {} Vmin on the array's rail '{}', allowed: {} Vmin, because "
                                "the delay of logic at lower voltage is not modelled",
                                voltage.count(), machine.accelerator.array.rail, highest.count()));
}

accel::OperatingPoint check_rails(const std::vector<RailSetting>& settings,
                                  const accel::Machine& machine, Section root) {
  const std::set<std::string> names = rails_of(machine.accelerator);
  std::map<std::string, VminRatio> rails;
  for (const RailSetting& rail : settings) {
    if (names.count(rail.name) == 0) {
      Section section = rail.section;
      section.fail("voltage", no_such_rail(rail.name, machine.accelerator));
    }
    rails[rail.name] = on_curve(machine.memory, rail.voltage, rail.section, "voltage");
    if (rail.name == machine.accelerator.array.rail)
      check_logic(rails[rail.name], machine, rail.section, "voltage");
  }
  for (const std::string& name : names) {
    if (rails.count(name) == 0) {
      root.fail("rails", fmt::format("found no '{}', required by the accelerator '{}'", name,
                                     machine.accelerator.name));
    }
  }
  return accel::OperatingPoint(std::move(rails));
}

SweepConfig check_sweep(SweepSetting setting, const accel::Machine& machine) {
  Section section = setting.section;
  SweepConfig sweep = std::move(setting.config);
  if (rails_of(machine.accelerator).count(sweep.rail) == 0) {
    section.fail("rail", no_such_rail(sweep.rail, machine.accelerator));
  }
  for (const SupplyVoltage voltage : setting.voltages) {
    sweep.voltages.push_back(on_curve(machine.memory, voltage, section, "voltages"));
    if (sweep.rail == machine.accelerator.array.rail) {
      check_logic(sweep.voltages.back(), machine, section, "voltages");
    }
  }
  std::sort(sweep.voltages.rbegin(), sweep.voltages.rend());
  const auto twin = std::adjacent_find(sweep.voltages.begin(), sweep.voltages.end());
  if (twin != sweep.voltages.end()) {
    section.fail("voltages", fmt::format("found {} Vmin twice", twin->count()));
  }
  return sweep;
}

void check_buffers(const accel::Machine& machine, Section root) {
  Section buffers = root.section("accelerator", "").section("buffers", "");
  for (const memory::GroupId group : memory::kGroups) {
    const accel::BufferConfig& buffer = machine.accelerator.buffers[group];
    try {
      static_cast<void>(memory::SramGeometry(machine.memory.macro, buffer.capacity, buffer.banks));
    } catch (const InputError& error) {
      buffers.fail(memory::group_name(group), error.what());
    }
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
      memory::read_memory_config(root.section("memory", "the SRAM technology of its buffers"))};
  const std::vector<RailSetting> settings = read_rails(root);
  const RunConfig run = machine_only ? RunConfig{} : read_run(root);
  std::optional<SweepSetting> sweep;
  constexpr const char* kSweep = "what 'brownout sweep' simulates";
  if (purpose == Purpose::kSweep) {
    sweep = read_sweep(root.section("sweep", kSweep));
    if (network.is_untrained()) root.fail("network", kUntrained);
  } else if (!machine_only) {
    if (auto section = root.optional_section("sweep", kSweep)) sweep = read_sweep(*section);
  }
  document.finish();

  accel::OperatingPoint rails = check_rails(settings, machine, root);
  check_buffers(machine, root);
  std::optional<SweepConfig> checked;
  if (sweep) checked = check_sweep(*std::move(sweep), machine);
  document.finish();
  return {network, dataset, std::move(machine), std::move(rails), run, std::move(checked)};
}

}  // namespace brownout::sweep
