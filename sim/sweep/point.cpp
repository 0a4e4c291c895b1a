// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/point.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <utility>

#include "accel/energy_model.h"
#include "sim/core/error.h"

namespace brownout::sweep {
namespace {

constexpr std::array<const char*, 3> kRoleNames = {"nominal", "sweep", "run"};

using Outcomes = memory::CodeOutcomes;
constexpr std::array<std::pair<const char*, std::uint64_t Outcomes::*>, 4> kOutcomes = {
    {{"weight_words", &Outcomes::words},
     {"weight_words_corrected", &Outcomes::corrected},
     {"weight_words_detected", &Outcomes::detected},
     {"weight_words_silently_wrong", &Outcomes::silent}}};

std::vector<std::string> make_columns() {
  std::vector<std::string> columns = {"point", "role", "voltage_vmin", "voltage_v"};
  for (const memory::GroupId group : memory::kGroups) {
    columns.push_back(std::string("faulty_cells_") + memory::group_name(group));
  }
  for (const char* name :
       {"flipped_weight_bits", "extrapolated", "chip", "network", "generator", "placement",
        "engine", "images", "correct", "accuracy", "ci95_low", "ci95_high", "cycles",
        "generator_cycles", "generator_ramp_cycles", "time_us", "pipelined_us"}) {
    columns.emplace_back(name);
  }
  for (const char* part : {"", "generator_"}) {
    for (const auto& [name, energy] : accel::walk(accel::EnergyBreakdown{})) {
      columns.push_back(fmt::format("{}energy_pj_{}", part, name));
    }
    columns.push_back(fmt::format("{}energy_pj_total", part));
  }
  columns.emplace_back("energy_delay_pj_ns");
  columns.emplace_back("weight_reads_saved");
  for (const auto& [name, count] : kOutcomes) columns.emplace_back(name);
  return columns;
}

Role parse_role(CsvFields& fields) {
  const std::string& name = fields.text();
  for (std::size_t i = 0; i < kRoleNames.size(); ++i) {
    if (name == kRoleNames[i]) return static_cast<Role>(i);
  }
  fields.reject("nominal, sweep or run");
}

constexpr const char* kNotExtrapolated = "none";

/// `filter+ofmap`, or none.
std::string extrapolated_text(const memory::PerGroup<bool>& extrapolated) {
  std::string text;
  for (const memory::GroupId group : memory::kGroups) {
    if (!extrapolated[group]) continue;
    text += fmt::format("{}{}", text.empty() ? "" : "+", memory::group_name(group));
  }
  return text.empty() ? kNotExtrapolated : text;
}

memory::PerGroup<bool> parse_extrapolated(CsvFields& fields) {
  const std::string& text = fields.text();
  constexpr unsigned kCombinations = 1U << memory::kGroups.size();
  for (unsigned i = 0; i < kCombinations; ++i) {
    const memory::PerGroup<bool> some((i & 1U) != 0, (i & 2U) != 0, (i & 4U) != 0);
    if (extrapolated_text(some) == text) return some;
  }
  fields.reject("none, or of ifmap, filter and ofmap those extrapolated, joined by +");
}

/// A field that follows from others must say what they say: the cheap test for hand-made changes.
void check_derived(CsvFields& fields, double expected) {
  if (fields.number() != expected) fields.reject(csv_number(expected) + " by the other columns");
}

void parse_time(CsvFields& fields, PointResult& result) {
  result.cycles = Cycles(fields.count());
  result.generator_cycles = Cycles(fields.count());
  result.generator_ramp_cycles = Cycles(fields.count());
  if (result.generator_cycles + result.generator_ramp_cycles > result.cycles) {
    fields.reject("with those of the generator at most all cycles");
  }
  result.time = Picoseconds(fields.number() * 1e6);
  result.pipelined = Picoseconds(fields.number() * 1e6);
}

/// All counts or none.
std::optional<Outcomes> parse_outcomes(CsvFields& fields) {
  std::optional<Outcomes> outcomes;
  for (const auto& [name, count] : kOutcomes) {
    const auto value = fields.count_if_any();
    const bool first = count == kOutcomes.front().second;
    if (!first && value.has_value() != outcomes.has_value()) fields.reject("all counts or none");
    if (!value) continue;
    if (!outcomes) outcomes.emplace();
    (*outcomes).*count = *value;
  }
  if (outcomes && outcomes->corrected + outcomes->detected + outcomes->silent > outcomes->words) {
    fields.reject("with those corrected and detected at most the number of words");
  }
  return outcomes;
}

}  // namespace

const char* role_name(Role role) { return kRoleNames.at(static_cast<std::size_t>(role)); }

std::vector<Point> plan_points(const SweepConfig& sweep, VminRatio nominal) {
  std::vector<Point> points;
  points.push_back({0, Role::kNominal, nominal, sweep.first_chip, sweep.nominal_images});
  for (std::size_t i = 0; i < sweep.chips; ++i) {
    const ChipId chip(sweep.first_chip.value() + i);
    for (const VminRatio voltage : sweep.voltages) {
      points.push_back({points.size(), Role::kSweep, voltage, chip, sweep.images});
    }
  }
  return points;
}

Interval PointResult::interval() const { return clopper_pearson(correct, point.images, 0.95); }

Picojoules PointResult::total_energy() const { return total(energies); }

NamedEnergies PointResult::base_energies() const {
  NamedEnergies base = energies;
  for (std::size_t i = 0; i < generator_energies.size(); ++i) {
    base[i].second -= generator_energies[i].second;
  }
  return base;
}

double PointResult::energy_delay() const { return total_energy().count() * time.count() * 1e-3; }

Picojoules total(const NamedEnergies& energies) {
  Picojoules sum;
  for (const auto& [name, energy] : energies) sum += energy;
  return sum;
}

const std::vector<std::string>& point_columns() {
  static const std::vector<std::string> kColumns = make_columns();
  return kColumns;
}

std::vector<std::string> point_fields(const PointResult& result) {
  const Point& point = result.point;
  std::vector<std::string> fields = {std::to_string(point.index), role_name(point.role),
                                     csv_number(point.voltage.count()),
                                     result.volts ? csv_number(result.volts->count()) : ""};
  for (const memory::GroupId group : memory::kGroups) {
    fields.push_back(csv_number(result.bit_error_rates[group]));
  }
  fields.push_back(csv_number(result.flipped_weight_bits));
  fields.push_back(extrapolated_text(result.extrapolated));
  const Interval interval = result.interval();
  for (const std::string& field :
       {std::to_string(point.chip.value()), result.network, result.generator, result.placement,
        result.engine, std::to_string(point.images), std::to_string(result.correct),
        csv_number(result.accuracy()), csv_number(interval.lower), csv_number(interval.upper),
        std::to_string(result.cycles.count()), std::to_string(result.generator_cycles.count()),
        std::to_string(result.generator_ramp_cycles.count()), csv_number(result.time.count() / 1e6),
        csv_number(result.pipelined.count() / 1e6)}) {
    fields.push_back(field);
  }
  for (const NamedEnergies* energies : {&result.energies, &result.generator_energies}) {
    for (const auto& [name, energy] : *energies) fields.push_back(csv_number(energy.count()));
    fields.push_back(csv_number(total(*energies).count()));
  }
  fields.push_back(csv_number(result.energy_delay()));
  fields.push_back(csv_number(result.weight_reads_saved));
  for (const auto& [name, count] : kOutcomes) {
    const auto& words = result.weight_words;
    fields.push_back(words ? std::to_string((*words).*count) : "");
  }
  return fields;
}

PointResult parse_point(const CsvFile& file, const CsvRow& row) {
  CsvFields fields(file, row);
  PointResult result;
  Point& point = result.point;
  point.index = fields.count();
  point.role = parse_role(fields);
  point.voltage = VminRatio(fields.number());
  const std::size_t volts_column = 3;
  if (row.fields[volts_column].empty()) {
    static_cast<void>(fields.text());
  } else {
    result.volts = Volts(fields.number());
  }
  for (const memory::GroupId group : memory::kGroups) {
    result.bit_error_rates[group] = fields.number();
  }
  result.flipped_weight_bits = fields.number();
  if (!(result.flipped_weight_bits >= 0 && result.flipped_weight_bits <= 1)) {
    fields.reject("a share, 0 to 1");
  }
  result.extrapolated = parse_extrapolated(fields);
  point.chip = ChipId(fields.count());
  result.network = fields.text();
  result.generator = fields.text();
  result.placement = fields.text();
  result.engine = fields.text();
  point.images = fields.count();
  if (point.images == 0) fields.reject("at least 1");
  result.correct = fields.count();
  if (result.correct > point.images) fields.reject("at most the number of images");
  check_derived(fields, result.accuracy());
  check_derived(fields, result.interval().lower);
  check_derived(fields, result.interval().upper);
  parse_time(fields, result);
  for (NamedEnergies* energies : {&result.energies, &result.generator_energies}) {
    for (const auto& [name, energy] : accel::walk(accel::EnergyBreakdown{})) {
      energies->emplace_back(name, Picojoules(fields.number()));
    }
    check_derived(fields, total(*energies).count());
  }
  // Its time went through microseconds and back.
  constexpr double kRounding = 1e-12;
  const double product = result.energy_delay();
  if (!(std::abs(fields.number() - product) <= kRounding * product)) {
    fields.reject(csv_number(product) + " by the other columns");
  }
  result.weight_reads_saved = fields.number();
  result.weight_words = parse_outcomes(fields);
  return result;
}

std::map<std::size_t, PointRow> read_points(const std::string& path) {
  const CsvFile csv = read_csv(path, point_columns());
  std::map<std::size_t, PointRow> rows;
  for (const CsvRow& row : csv.rows) {
    PointResult result = parse_point(csv, row);
    const std::size_t index = result.point.index;
    if (!rows.emplace(index, PointRow{row, std::move(result)}).second) {
      throw InputError(fmt::format("{}:{}: point {} appears twice", path, row.line, index));
    }
  }
  return rows;
}

}  // namespace brownout::sweep
