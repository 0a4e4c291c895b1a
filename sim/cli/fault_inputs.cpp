// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/fault_inputs.h"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "memory/fault_map_file.h"
#include "memory/memory_file.h"
#include "memory/validation/recut.h"
#include "sim/cli/common_options.h"
#include "sim/config/quantity.h"
#include "sim/core/error.h"

namespace brownout::cli {
namespace {

using config::SupplyVoltage;
using memory::MapGeometry;

constexpr double kHighestVoltage = 10;
constexpr const char* kVoltageForm = "voltages with their unit, as 0.9Vmin, 0.54V or 540mV";

bool is_memory(const std::string& path) {
  const std::string extension = std::filesystem::path(path).extension().string();
  return extension == ".yaml" || extension == ".yml";
}

config::Node scalar(const std::string& text) {
  config::Node node;
  node.kind = config::NodeKind::kScalar;
  node.text = text;
  return node;
}

/// Blanks between number and unit removed, commas made ends: `0.9 Vmin,0.8Vmin` is two.
std::vector<std::string> split_voltages(const std::vector<std::string>& words) {
  std::vector<std::string> parts;
  for (const std::string& word : words) {
    std::string part;
    for (const char c : word + ",") {
      if (c == ' ') continue;
      if (c != ',') {
        part += c;
        continue;
      }
      // A unit that stands alone belongs to the number before it.
      const bool is_unit = part == "V" || part == "mV" || part == "Vmin";
      if (is_unit && !parts.empty()) {
        parts.back() += part;
      } else if (!part.empty()) {
        parts.push_back(part);
      }
      part.clear();
    }
  }
  return parts;
}

SupplyVoltage voltage_or_fail(const Options& options, const char* name, const std::string& text) {
  const auto voltage = parse_voltage(text);
  if (!voltage) {
    options.fail(fmt::format("--{}: found '{}', allowed: {}", name, text, kVoltageForm));
  }
  return *voltage;
}

}  // namespace

std::optional<SupplyVoltage> parse_voltage(const std::string& text) {
  const config::Unit* unit = nullptr;
  config::Rejection rejection;
  const auto value = config::parse_real(scalar(text), config::supply_units(), unit, rejection);
  if (!value || !(*value > 0 && *value <= kHighestVoltage)) return {};
  return SupplyVoltage{*value, unit->symbol == "Vmin"};
}

std::optional<Bytes> parse_bytes(const std::string& text) {
  config::Rejection rejection;
  const auto count = config::parse_count(scalar(text), config::units_of<Bytes>(), rejection);
  if (!count || *count == 0) return {};
  return Bytes(*count);
}

void add_voltages_option(Options& options, const std::string& description) {
  options.list("voltages", "V...", description + ", as 0.9Vmin 0.85Vmin, or 0.54V or 540mV");
}

std::vector<SupplyVoltage> voltages_of(const Options& options) {
  std::vector<SupplyVoltage> voltages;
  for (const std::string& word : split_voltages(options.texts("voltages"))) {
    voltages.push_back(voltage_or_fail(options, "voltages", word));
  }
  if (voltages.empty() && options.has("voltages")) {
    options.fail(fmt::format("--voltages: found none, allowed: {}", kVoltageForm));
  }
  return voltages;
}

SupplyVoltage voltage_option(const Options& options, const char* name) {
  return voltage_or_fail(options, name, options.text(name).value_or(""));
}

void add_group_option(Options& options) {
  options.value("group", "NAME", "whose cells: filter (weights; the default), ifmap or ofmap");
}

memory::GroupId group_of(const Options& options) {
  const auto choice = options.choice("group", {"filter", "ifmap", "ofmap"});
  return std::vector<memory::GroupId>{memory::GroupId::kFilter, memory::GroupId::kIfmap,
                                      memory::GroupId::kOfmap}[choice];
}

std::optional<MapGeometry> geometry_of(const Options& options) {
  const auto text = options.text("geometry");
  if (!text) return {};
  const auto geometry = memory::parse_geometry(*text);
  if (!geometry) {
    options.fail(
        fmt::format("--geometry: found '{}', allowed: BLOCKSxROWSxBITS, as 890x1024x16", *text));
  }
  memory::check_geometry(*geometry);
  return geometry;
}

void add_subject_options(Options& options) {
  options.value("geometry", "BxRxW", "blocks, rows and word bits of a map whose file does not say");
  options.value("tile", "RxW", "cut each block of maps into tiles of these rows and bits");
  add_voltages_option(options, "only these voltages");
  options.value("level", "V", "voltage of questions about places; the lowest if not given");
  add_group_option(options);
  options.value("chip", "N", "the first chip of a model, 0 if not given");
  add_set_option(options);
}

memory::validation::Subject load_subject(const std::string& path, const Options& options) {
  if (is_memory(path)) return {path, memory::load_memory(path, overrides(options))};
  return load_map(path, options);
}

memory::validation::Subject load_map(const std::string& path, const Options& options) {
  if (is_memory(path)) {
    throw InputError(path + ": found a memory, allowed: a fault map, CSV or 0/1 matrices");
  }
  memory::FaultMap map = memory::load_fault_map(path, geometry_of(options));
  if (const auto tile = options.text("tile")) {
    const auto size = memory::parse_geometry("1x" + *tile);
    if (!size) {
      options.fail(fmt::format("--tile: found '{}', allowed: ROWSxBITS, as 512x64", *tile));
    }
    map = memory::validation::cut_blocks(map, size->rows, size->word_bits);
  }
  return {path, std::move(map)};
}

memory::validation::Alignment alignment_of(const Options& options) {
  memory::validation::Alignment how;
  how.first_chip = ChipId(options.count("chip", 0).value_or(0));
  how.group = group_of(options);
  how.geometry = geometry_of(options);
  how.voltages = voltages_of(options);
  if (options.has("level")) how.level = voltage_option(options, "level");
  return how;
}

}  // namespace brownout::cli
