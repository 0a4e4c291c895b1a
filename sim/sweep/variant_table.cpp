// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/variant_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/core/atomic_file.h"
#include "sim/sweep/csv.h"
#include "sim/sweep/manifest.h"

namespace brownout::sweep {
namespace {

const std::vector<std::string>& columns() {
  static const std::vector<std::string> kColumns = {
      "variant",       "role",        "voltage_vmin", "chips",        "images",
      "accuracy_mean", "accuracy_sd", "accuracy_min", "accuracy_max", "cycles",
      "time_ps",       "energy_pj",   "buffers_pj",   "buffer_bits",  "pareto"};
  return kColumns;
}

std::vector<std::string> fields_of(const VariantPoint& p) {
  return {p.variant,
          p.is_reference ? "nominal" : "sweep",
          csv_number(p.voltage.count()),
          std::to_string(p.chips),
          std::to_string(p.images),
          csv_number(p.mean),
          csv_number(p.deviation),
          csv_number(p.lowest),
          csv_number(p.highest),
          std::to_string(p.cycles.count()),
          csv_number(p.time.count()),
          csv_number(p.energy.count()),
          csv_number(p.buffers.count()),
          std::to_string(p.buffer_bits),
          p.pareto ? "1" : "0"};
}

bool flag(CsvFields& fields, const char* no, const char* yes) {
  const std::string& text = fields.text();
  if (text != no && text != yes) fields.reject(fmt::format("{} or {}", no, yes));
  return text == yes;
}

VariantPoint parse(const CsvFile& file, const CsvRow& row) {
  CsvFields fields(file, row);
  VariantPoint p;
  p.variant = fields.text();
  p.is_reference = flag(fields, "sweep", "nominal");
  p.voltage = VminRatio(fields.number());
  p.chips = fields.count();
  p.images = fields.count();
  p.mean = fields.number();
  p.deviation = fields.number();
  p.lowest = fields.number();
  p.highest = fields.number();
  p.cycles = Cycles(fields.count());
  p.time = Picoseconds(fields.number());
  p.energy = Picojoules(fields.number());
  p.buffers = Picojoules(fields.number());
  p.buffer_bits = fields.count();
  p.pareto = flag(fields, "0", "1");
  return p;
}

/// What a point of the results says without its chips.
VariantPoint point_of(const std::string& variant, const PointResult& result,
                      const accel::Machine& machine) {
  VariantPoint p;
  p.variant = variant;
  p.voltage = result.point.voltage;
  p.images = result.point.images;
  p.cycles = result.cycles;
  p.time = result.time;
  p.energy = result.total_energy();
  for (const auto& [name, energy] : result.energies) {
    const bool elsewhere =
        name == "dram" || name == "array" || name == "vector" || name == "outside";
    if (!elsewhere) p.buffers += energy;
  }
  p.buffer_bits = buffer_bits(machine);
  return p;
}

}  // namespace

std::uint64_t buffer_bits(const accel::Machine& machine) {
  std::uint64_t bits = 0;
  for (const BufferArea& area : buffer_areas(machine)) bits += area.bits.total();
  return bits;
}

std::vector<VariantPoint> variant_points(const std::string& variant, const Summary& summary,
                                         const accel::Machine& machine) {
  std::vector<VariantPoint> points;
  if (summary.nominal) {
    VariantPoint p = point_of(variant, *summary.nominal, machine);
    p.is_reference = true;
    p.chips = 1;
    p.mean = p.lowest = p.highest = summary.nominal->accuracy();
    points.push_back(std::move(p));
  }
  for (const VoltageSummary& voltage : summary.voltages) {
    VariantPoint p = point_of(variant, voltage.any, machine);
    p.chips = voltage.accuracies.size();
    p.mean = voltage.mean;
    p.deviation = voltage.deviation;
    p.lowest = voltage.lowest;
    p.highest = voltage.highest;
    points.push_back(std::move(p));
  }
  return points;
}

void write_variants(const std::string& path, const std::vector<VariantPoint>& points) {
  AtomicFile file(path);
  file.stream() << join_csv(columns()) << '\n';
  for (const VariantPoint& p : points) file.stream() << join_csv(fields_of(p)) << '\n';
  file.commit();
}

std::vector<VariantPoint> read_variant_points(const std::string& path) {
  const CsvFile file = read_csv(path, columns());
  std::vector<VariantPoint> points;
  for (const CsvRow& row : file.rows) points.push_back(parse(file, row));
  return points;
}

std::vector<VariantCurve> curves_of(const std::vector<VariantPoint>& points) {
  std::vector<VariantCurve> curves;
  for (const VariantPoint& p : points) {
    auto found = std::find_if(curves.begin(), curves.end(),
                              [&](const VariantCurve& curve) { return curve.name == p.variant; });
    if (found == curves.end()) found = curves.insert(curves.end(), {p.variant, nullptr, {}});
    if (p.is_reference) {
      found->reference = &p;
    } else {
      found->points.push_back(&p);
    }
  }
  return curves;
}

const VariantPoint* cheapest(const VariantCurve& curve, const VariantCurve& first, double loss) {
  const VariantPoint* best = nullptr;
  if (first.reference == nullptr) return best;
  for (const VariantPoint* p : curve.points) {
    if (first.reference->mean - p->mean >= loss) continue;
    if (best == nullptr || p->energy < best->energy) best = p;
  }
  return best;
}

}  // namespace brownout::sweep
