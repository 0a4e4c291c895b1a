// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>

#include "accel/cell_layouts.h"
#include "accel/fault_rates.h"
#include "sim/core/error.h"
#include "sim/sweep/point.h"
#include "sim/sweep/provenance.h"
#include "sim/sweep/runner.h"
#include "sim/sweep/version.h"
#include "sim/sweep/wording.h"

namespace brownout::sweep {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kFormat = 5;

std::string hex(std::uint32_t crc) { return fmt::format("{:08x}", crc); }

/// Calls `visit(path, member)` for every text of the manifest, in the order of the file.
template <class M, class Visit>
void for_each_text(M& manifest, Visit visit) {
  visit("/tool/version", manifest.version);
  visit("/tool/revision", manifest.revision);
  visit("/command", manifest.command);
  visit("/kind", manifest.kind);
  visit("/engine", manifest.engine);
  visit("/network/name", manifest.network);
  visit("/generator/name", manifest.generator);
  visit("/generator/placement", manifest.placement);
  visit("/dataset/name", manifest.dataset);
  visit("/accelerator/name", manifest.accelerator);
  visit("/memory/name", manifest.memory);
  visit("/memory/measured", manifest.measured);
  visit("/memory/extrapolated", manifest.extrapolated);
  visit("/sweep/rail", manifest.rail);
  visit("/config", manifest.config);
}

/// The JSON value at `pointer` as a T.
template <class T>
T field(const Json& json, const std::string& pointer, const std::string& path) {
  try {
    return json.at(Json::json_pointer(pointer)).get<T>();
  } catch (const Json::exception&) {
    throw InputError(fmt::format("{}: field '{}' is missing or damaged", path, pointer.substr(1)));
  }
}

/// JSON has but one kind of number: -1 and 1.5 would turn into some count.
std::uint64_t count_field(const Json& json, const std::string& pointer, const std::string& path) {
  const Json value = field<Json>(json, pointer, path);
  if (value.is_number_unsigned()) return value.get<std::uint64_t>();
  throw InputError(fmt::format("{}: field '{}': found {}, allowed: a whole number", path,
                               pointer.substr(1), value.dump()));
}

std::uint32_t crc_field(const Json& json, const std::string& pointer, const std::string& path) {
  const auto text = field<std::string>(json, pointer, path);
  const bool is_hex =
      text.size() == 8 &&
      std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isxdigit(c) != 0; });
  if (!is_hex) {
    throw InputError(fmt::format("{}: field '{}': found '{}', allowed: 8 hexadecimal digits", path,
                                 pointer.substr(1), text));
  }
  return static_cast<std::uint32_t>(std::stoul(text, nullptr, 16));
}

/// What makes no sense in any manifest.
void check(const Manifest& manifest, const std::string& path) {
  const auto reject = [&](const char* name, const std::string& found, const char* allowed) {
    throw InputError(
        fmt::format("{}: field '{}': found {}, allowed: {}", path, name, found, allowed));
  };
  if (manifest.kind != "sweep" && manifest.kind != "run") {
    reject("kind", "'" + manifest.kind + "'", "sweep or run");
  }
  if (manifest.points == 0) reject("points", "0", "at least 1");
  if (manifest.kind == "run" && manifest.points != 1) {
    reject("points", std::to_string(manifest.points), "1, a run has no more");
  }
  if (!(manifest.clock_hz > 0)) {
    reject("accelerator/clock_hz", fmt::format("{}", manifest.clock_hz), "above 0");
  }
  if (!(manifest.peak_macs > 0)) {
    reject("accelerator/peak_macs_per_cycle", fmt::format("{}", manifest.peak_macs), "above 0");
  }
  if (!(manifest.dram_bytes_per_second >= 0)) {
    reject("accelerator/dram_bytes_per_second", fmt::format("{}", manifest.dram_bytes_per_second),
           "0 or more");
  }
}

Json parse_file(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw InputError(path + ": cannot be opened");
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(std::min(error.byte, text.size()));
    throw InputError(fmt::format("{}:{}: damaged, not JSON any more", path,
                                 1 + std::count(text.begin(), end, '\n')));
  } catch (const Json::out_of_range&) {
    throw InputError(path + ": damaged, holds a number beyond all bounds");
  }
}

void require_equal_text(const std::string& begun, const std::string& now, const char* what,
                        const std::string& path) {
  if (begun == now) return;
  throw InputError(
      fmt::format("{}: begun with {} {}, now it is {}; choose another folder to start "
                  "anew",
                  path, what, begun, now));
}

/// The first lines in which two configurations differ.
std::string difference(const std::string& begun, const std::string& now) {
  std::istringstream a(begun);
  std::istringstream b(now);
  const auto next = [](std::istream& stream) {
    std::string line;
    if (!std::getline(stream, line)) return std::string("nothing");
    const std::size_t comment = line.find("  #");
    const std::size_t first = std::min(line.find_first_not_of(' '), line.size());
    return "'" + line.substr(first, comment == std::string::npos ? comment : comment - first) + "'";
  };
  while (a || b) {
    const std::string old_line = next(a);
    const std::string new_line = next(b);
    if (old_line != new_line) return fmt::format("{} there, {} now", old_line, new_line);
  }
  return "comments only";
}

/// Buffers that are outside the measured voltages at some point, as Manifest has it.
std::string extrapolated_buffers(const Experiment& experiment, const std::string& kind) {
  const accel::Machine& machine = experiment.config.machine;
  memory::PerGroup<bool> any = accel::extrapolated(machine, experiment.config.rails);
  if (kind == "sweep") {
    any = {false, false, false};
    const SweepPlan plan = plan_sweep(experiment);
    for (const Point& point : plan.points) {
      const auto here = accel::extrapolated(machine, plan.at(point.voltage));
      for (const memory::GroupId group : memory::kGroups) any[group] = any[group] || here[group];
    }
  }
  const std::string buffers = buffer_labels(any);
  return buffers.empty() ? "none" : buffers;
}

}  // namespace

std::vector<BufferArea> buffer_areas(const accel::Machine& machine) {
  std::vector<BufferArea> areas;
  const auto geometry = machine.geometry();
  const auto layouts = accel::cell_layouts(machine);
  for (const memory::GroupId group : memory::kGroups) {
    areas.push_back(
        {memory::group_name(group), memory::area_bits(geometry[group], layouts[group])});
  }
  return areas;
}

Manifest make_manifest(const Experiment& experiment, const std::string& kind,
                       const std::string& engine, const std::string& command) {
  const accel::Machine& machine = experiment.config.machine;
  Manifest manifest;
  manifest.version = version();
  manifest.revision = revision();
  manifest.command = command;
  manifest.kind = kind;
  const auto& sweep = experiment.config.sweep;
  manifest.points =
      kind == "sweep" ? plan_points(*sweep, machine.memory.curve.reference()).size() : 1;
  manifest.engine = engine;
  manifest.network = experiment.network_name;
  manifest.network_crc = experiment.network_crc;
  manifest.parameters = models::parameter_count(experiment.base());
  manifest.macs = models::mac_count(experiment.base());
  if (experiment.stage) {
    manifest.generator = experiment.stage->setup.config.generator.name();
    manifest.placement = fuse::placement_name(experiment.stage->placement());
    manifest.generator_crc = experiment.generator_crc;
    manifest.generator_parameters = models::parameter_count(experiment.stage->generator);
    manifest.generator_macs = models::mac_count(experiment.stage->generator);
  }
  manifest.dataset = experiment.dataset.name;
  manifest.dataset_crc = experiment.dataset_crc;
  manifest.accelerator = machine.accelerator.name;
  manifest.clock_hz = machine.accelerator.clock.count();
  manifest.peak_macs =
      static_cast<double>(machine.accelerator.array.rows) * machine.accelerator.array.cols;
  if (machine.accelerator.memory == accel::MemoryModel::kModelled) {
    manifest.dram_bytes_per_second = machine.accelerator.dram.bandwidth();
  }
  manifest.buffers = buffer_areas(machine);
  manifest.memory = machine.memory.name;
  if (const auto& map = machine.memory.faults.map) {
    manifest.fault_map = map->map.name();
    manifest.fault_map_crc = experiment.fault_map_crc;
  }
  const memory::VoltageCurve& curve = machine.memory.curve;
  manifest.measured = fmt::format("{} to {} Vmin", curve.lowest().count(), curve.highest().count());
  manifest.extrapolated = extrapolated_buffers(experiment, kind);
  if (kind == "sweep") manifest.rail = sweep->rail;
  manifest.sources = sources_of(machine);
  if (experiment.stage) {
    const auto stage = sources_of(experiment.stage->setup);
    manifest.sources.insert(manifest.sources.end(), stage.begin(), stage.end());
  }
  manifest.config = experiment.resolved_yaml;
  return manifest;
}

std::string to_json(const Manifest& manifest) {
  Json json = {{"format", kFormat}, {"points", manifest.points}};
  for_each_text(manifest, [&](const char* pointer, const std::string& text) {
    json[Json::json_pointer(pointer)] = text;
  });
  json["network"]["crc32"] = hex(manifest.network_crc);
  json["network"]["parameters"] = manifest.parameters;
  json["network"]["macs"] = manifest.macs;
  json["generator"]["crc32"] = hex(manifest.generator_crc);
  json["generator"]["parameters"] = manifest.generator_parameters;
  json["generator"]["macs"] = manifest.generator_macs;
  json["dataset"]["crc32"] = hex(manifest.dataset_crc);
  json["accelerator"]["clock_hz"] = manifest.clock_hz;
  json["accelerator"]["peak_macs_per_cycle"] = manifest.peak_macs;
  json["accelerator"]["dram_bytes_per_second"] = manifest.dram_bytes_per_second;
  json["accelerator"]["buffers"] = Json::array();
  for (const BufferArea& area : manifest.buffers) {
    json["accelerator"]["buffers"].push_back({{"buffer", area.buffer},
                                              {"data_bits", area.bits.data},
                                              {"check_bits", area.bits.check},
                                              {"spare_bits", area.bits.spare},
                                              {"safe_bits", area.bits.safe}});
  }
  if (!manifest.fault_map.empty()) {
    json["memory"]["fault_map"] = {{"file", manifest.fault_map},
                                   {"crc32", hex(manifest.fault_map_crc)}};
  }
  json["sources"] = Json::array();
  for (const Source& source : manifest.sources) {
    json["sources"].push_back({{"what", source.what}, {"source", source.text}});
  }
  // Paths and names may hold bytes that are no UTF-8; they are replaced rather than fatal.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Manifest read_manifest(const std::string& path) {
  const Json json = parse_file(path);
  const int format = field<int>(json, "/format", path);
  if (format != kFormat) {
    throw InputError(fmt::format("{}: format {}, this version reads {}", path, format, kFormat));
  }
  Manifest manifest;
  for_each_text(manifest, [&](const char* pointer, std::string& text) {
    text = field<std::string>(json, pointer, path);
  });
  manifest.points = count_field(json, "/points", path);
  manifest.network_crc = crc_field(json, "/network/crc32", path);
  if (json.contains(Json::json_pointer("/memory/fault_map"))) {
    manifest.fault_map = field<std::string>(json, "/memory/fault_map/file", path);
    manifest.fault_map_crc = crc_field(json, "/memory/fault_map/crc32", path);
  }
  manifest.parameters = count_field(json, "/network/parameters", path);
  manifest.macs = count_field(json, "/network/macs", path);
  manifest.generator_crc = crc_field(json, "/generator/crc32", path);
  manifest.generator_parameters = count_field(json, "/generator/parameters", path);
  manifest.generator_macs = count_field(json, "/generator/macs", path);
  manifest.dataset_crc = crc_field(json, "/dataset/crc32", path);
  manifest.clock_hz = field<double>(json, "/accelerator/clock_hz", path);
  manifest.peak_macs = field<double>(json, "/accelerator/peak_macs_per_cycle", path);
  manifest.dram_bytes_per_second = field<double>(json, "/accelerator/dram_bytes_per_second", path);
  const Json buffers = field<Json>(json, "/accelerator/buffers", path);
  for (std::size_t i = 0; i < buffers.size(); ++i) {
    const std::string item = fmt::format("/accelerator/buffers/{}", i);
    manifest.buffers.push_back({field<std::string>(json, item + "/buffer", path),
                                {count_field(json, item + "/data_bits", path),
                                 count_field(json, item + "/check_bits", path),
                                 count_field(json, item + "/spare_bits", path),
                                 count_field(json, item + "/safe_bits", path)}});
  }
  check(manifest, path);
  const Json sources = field<Json>(json, "/sources", path);
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const std::string item = fmt::format("/sources/{}", i);
    manifest.sources.push_back({field<std::string>(json, item + "/what", path),
                                field<std::string>(json, item + "/source", path)});
  }
  return manifest;
}

void require_same(const Manifest& begun, const Manifest& now, const std::string& path) {
  const auto build = [](const Manifest& m) { return m.version + " (" + m.revision + ")"; };
  require_equal_text(build(begun), build(now), "Brownout", path);
  require_equal_text(begun.kind, now.kind, "command", path);
  require_equal_text(begun.engine, now.engine, "engine", path);
  require_equal_text(hex(begun.network_crc), hex(now.network_crc), "a network of CRC-32", path);
  require_equal_text(hex(begun.generator_crc), hex(now.generator_crc), "a generator of CRC-32",
                     path);
  require_equal_text(hex(begun.dataset_crc), hex(now.dataset_crc), "images of CRC-32", path);
  require_equal_text(hex(begun.fault_map_crc), hex(now.fault_map_crc), "a fault map of CRC-32",
                     path);
  if (begun.config != now.config) {
    throw InputError(
        fmt::format("{}: begun with another configuration: {}; choose another folder "
                    "to start anew",
                    path, difference(begun.config, now.config)));
  }
}

}  // namespace brownout::sweep
