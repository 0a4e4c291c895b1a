// SPDX-License-Identifier: Apache-2.0
// `brownout faults draw`.
#include <fmt/format.h>

#include <iostream>

#include "memory/fault_map_file.h"
#include "memory/memory_file.h"
#include "memory/validation/alignment.h"
#include "memory/validation/sample.h"
#include "sim/cli/common_options.h"
#include "sim/cli/fault_inputs.h"
#include "sim/cli/faults_command.h"
#include "sim/sweep/text_table.h"
#include "sim/sweep/wording.h"

namespace brownout::cli {
namespace {

using memory::MapGeometry;
using memory::MemoryConfig;
namespace validation = memory::validation;

constexpr std::size_t kMostReads = 10'000;

Options declare() {
  Options options("faults draw MEMORY --voltages V... --out FILE [options]",
                  "Writes the cells of one chip that fail by the memory's curve at each voltage: "
                  "those the\nsimulator has in a buffer of that size. Directions are of cells "
                  "that prefer a state.",
                  {{"MEMORY"}});
  add_voltages_option(options, "the map's voltages");
  options.value("chip", "N", "the chip, 0 if not given");
  options.value("capacity", "SIZE", "of the buffer, as 256KiB; 32 macros if not given");
  options.value("geometry", "BxRxW", "blocks, rows and word bits instead of a capacity");
  options.value("reads", "N",
                "read each cell N times and count failures; cells that never fail are left out");
  add_group_option(options);
  options.value("out", "FILE", "CSV of failing cells, compressed when it ends in .zst");
  add_set_option(options);
  return options;
}

MapGeometry geometry_for(const Options& options, const MemoryConfig& model, memory::GroupId group) {
  const auto capacity = options.text("capacity");
  if (!capacity) {
    return geometry_of(options).value_or(validation::default_geometry(model, group));
  }
  if (options.has("geometry")) options.fail("--capacity and --geometry are the same question");
  const auto bytes = parse_bytes(*capacity);
  if (!bytes) {
    options.fail(fmt::format("--capacity: found '{}', allowed: a size as 256KiB", *capacity));
  }
  const memory::SramGeometry buffer(model.macro, *bytes, 1);
  MapGeometry geometry{buffer.macros(), model.macro.rows, model.macro.word_bits};
  memory::check_geometry(geometry);
  return geometry;
}

}  // namespace

int execute_faults_draw(const Arguments& arguments) {
  Options options = declare();
  if (!options.parse(arguments)) return 0;
  const auto out = options.text("out");
  if (!out) options.fail("--out is missing");
  const auto voltages = voltages_of(options);
  if (voltages.empty()) options.fail("--voltages is missing");
  const MemoryConfig model = memory::load_memory(options.positionals().front(), overrides(options));
  validation::DrawPlan plan;
  plan.group = group_of(options);
  plan.geometry = geometry_for(options, model, plan.group);
  plan.voltages = validation::falling_voltages(voltages, plan.relative_to_vmin);
  const std::size_t reads = options.count("reads", 1).value_or(0);
  if (reads > kMostReads) {
    options.fail(fmt::format("--reads: found {}, allowed: 1 to {}", reads, kMostReads));
  }
  plan.reads = static_cast<std::uint32_t>(reads);
  const ChipId chip(options.count("chip", 0).value_or(0));
  const memory::FaultMap map = validation::draw_map(model, chip, plan);
  memory::write_fault_map(map, *out);
  std::cout << fmt::format("{}: chip {} of {}, {} cells ({} blocks)\n\n", *out, chip.value(),
                           model.name, sweep::thousands(map.geometry().cells()),
                           map.geometry().text());
  sweep::TextTable table({{"", "voltage"}, {"", "failing cells"}, {"", "share"}});
  for (const memory::MapLevel& level : map.levels()) {
    const auto failing = static_cast<double>(level.faults.size());
    table.add_row({fmt::format("{} {}", level.voltage, map.unit()),
                   sweep::thousands(level.faults.size()),
                   sweep::rate(failing / static_cast<double>(map.geometry().cells()))});
  }
  std::cout << table.text();
  return 0;
}

}  // namespace brownout::cli
