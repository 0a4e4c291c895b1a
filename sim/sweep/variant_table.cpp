// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/variant_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "sim/core/atomic_file.h"
#include "sim/sweep/csv.h"
#include "sim/sweep/manifest.h"
#include "sim/sweep/text_table.h"
#include "sim/sweep/wording.h"

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

bool beats(const VariantPoint& a, const VariantPoint& b) {
  return a.mean >= b.mean && a.energy <= b.energy && (a.mean > b.mean || a.energy < b.energy);
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

void mark_pareto(std::vector<VariantPoint>& points) {
  for (VariantPoint& p : points) {
    p.pareto = !p.is_reference &&
               std::none_of(points.begin(), points.end(), [&](const VariantPoint& other) {
                 return !other.is_reference && beats(other, p);
               });
  }
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

namespace {

std::string accuracy_table(const std::vector<VariantCurve>& curves) {
  std::set<VminRatio> voltages;
  for (const VariantCurve& curve : curves) {
    for (const VariantPoint* p : curve.points) voltages.insert(p->voltage);
  }
  std::vector<TextColumn> titles = {{"", "variant", true}};
  for (auto v = voltages.rbegin(); v != voltages.rend(); ++v) {
    titles.push_back({"accuracy, %, mean over chips at V/Vmin", fmt::format("{:.4f}", v->count())});
  }
  TextTable table(std::move(titles));
  for (const VariantCurve& curve : curves) {
    std::vector<std::string> cells = {curve.name};
    for (auto v = voltages.rbegin(); v != voltages.rend(); ++v) {
      const auto at = std::find_if(curve.points.begin(), curve.points.end(),
                                   [&](const VariantPoint* p) { return p->voltage == *v; });
      cells.push_back(at == curve.points.end() ? "-" : percent((*at)->mean, 2));
    }
    table.add_row(std::move(cells));
  }
  return table.text();
}

/// `now` over `then` as a change in percent.
std::string change(double now, double then) {
  return then == 0 ? "-" : fmt::format("{:+.1f}", (now / then - 1) * 100);
}

std::string cost_table(const std::vector<VariantCurve>& curves) {
  constexpr double kLoss = 0.01;
  const VariantCurve& first = curves.front();
  TextTable table(
      {{"", "variant", true},
       {"against " + first.name + ", both at the reference voltage", "cells, %"},
       {"against " + first.name + ", both at the reference voltage", "cycles, %"},
       {"against " + first.name + ", both at the reference voltage", "buffer energy, %"},
       {"cheapest point losing under 1 point of accuracy", "V/Vmin"},
       {"cheapest point losing under 1 point of accuracy", "accuracy, %"},
       {"cheapest point losing under 1 point of accuracy", "buffer energy, %"},
       {"cheapest point losing under 1 point of accuracy", "all energy, %"}});
  for (const VariantCurve& curve : curves) {
    std::vector<std::string> cells = {curve.name, "-", "-", "-", "-", "-", "-", "-"};
    const VariantPoint* then = first.reference;
    if (then != nullptr && curve.reference != nullptr) {
      const VariantPoint& now = *curve.reference;
      cells[1] =
          change(static_cast<double>(now.buffer_bits), static_cast<double>(then->buffer_bits));
      cells[2] = change(static_cast<double>(now.cycles.count()),
                        static_cast<double>(then->cycles.count()));
      cells[3] = change(now.buffers.count(), then->buffers.count());
    }
    if (const VariantPoint* best = cheapest(curve, first, kLoss)) {
      cells[4] = fmt::format("{:.4f}", best->voltage.count());
      cells[5] = percent(best->mean, 2);
      cells[6] = change(best->buffers.count(), then->buffers.count());
      cells[7] = change(best->energy.count(), then->energy.count());
    }
    table.add_row(std::move(cells));
  }
  return table.text();
}

}  // namespace

std::string variants_text(const std::vector<VariantPoint>& points) {
  const std::vector<VariantCurve> curves = curves_of(points);
  if (curves.empty()) return "";
  return accuracy_table(curves) + "\n" + cost_table(curves);
}

}  // namespace brownout::sweep
