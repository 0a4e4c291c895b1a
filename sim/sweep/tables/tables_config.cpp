// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/tables/tables_config.h"

#include <algorithm>
#include <array>
#include <utility>

namespace brownout::sweep {
namespace {

using config::Need;
using config::Section;

constexpr std::array<std::int64_t, 5> kTables = {2, 3, 6, 7, 8};
constexpr config::Limits kTolerance{0, 100};

std::vector<TableNetwork> read_networks(Section& tables, const char* key, const char* description,
                                        Need need) {
  std::vector<TableNetwork> networks;
  for (auto& [name, section] : tables.named_sections(key, description, need)) {
    TableNetwork network;
    network.name = name;
    network.choice = read_zoo_choice(section);
    if (auto padding = section.optional_section(
            "counted_padding", "a layer the publication counted with another padding")) {
      network.padded_layer = padding->text("layer", "its name");
      network.counted_padding =
          static_cast<int>(padding->integer("padding", "on every side", {0, 64}));
    }
    networks.push_back(std::move(network));
  }
  return networks;
}

std::vector<std::int64_t> read_table_numbers(Section& tables) {
  auto numbers = tables.integers("compare", "the paper's tables to print, in this order", {2, 8});
  for (const std::int64_t number : numbers) {
    if (std::find(kTables.begin(), kTables.end(), number) == kTables.end()) {
      tables.fail("compare", "found " + std::to_string(number) + ", allowed: 2, 3, 6, 7, 8");
    }
  }
  return numbers;
}

TablesSection read_section(Section tables) {
  TablesSection result;
  result.source = tables.text("source", "the publication");
  result.published = tables.path("published", "its figures: CSV of table, row, column, value");
  result.tables = read_table_numbers(tables);
  result.energy_factor = tables.number(
      "energy_factor", "of a weight access at low voltage, 1 at nominal, as published", {0, 1});
  result.bases = read_networks(tables, "bases", "networks below Vmin", Need::kRequired);
  result.generators =
      read_networks(tables, "generators", "networks at nominal voltage", Need::kRequired);
  result.counted_only =
      read_networks(tables, "counted_only",
                    "networks of which only parameters and MACs are compared", Need::kOptional);
  Section tolerances = tables.section("tolerances", "largest differences that still agree");
  result.saving_tolerance =
      tolerances.number("saving", "of a saving, in percentage points", kTolerance);
  result.curve_tolerance = tolerances.number(
      "saving_at_curve", "of a saving with the curve's own energy, in points", kTolerance);
  result.ratio_tolerance =
      tolerances.number("efficiency_ratio", "of a recovery per million parameters", kTolerance);
  for (Section& section :
       tables.sections("known_deviations", "cells the publication's other figures contradict",
                       Need::kOptional)) {
    KnownDeviation known;
    known.table = static_cast<int>(section.integer("table", "number", {2, 8}));
    known.row = section.text("row", "as published");
    known.column = section.text("column", "as published");
    known.reason = section.text("reason", "why it is not ours");
    result.deviations.push_back(std::move(known));
  }
  return result;
}

}  // namespace

TablesConfig read_tables_config(config::Document& document) {
  TablesSection tables =
      read_section(document.root().section("tables", "published tables to reproduce"));
  return {std::move(tables), read_experiment_config(document, Purpose::kMachine)};
}

}  // namespace brownout::sweep
