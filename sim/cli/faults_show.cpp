// SPDX-License-Identifier: Apache-2.0
// `brownout faults show`.
#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <iostream>

#include "memory/validation/map_numbers.h"
#include "sim/cli/common_options.h"
#include "sim/cli/fault_inputs.h"
#include "sim/cli/fault_text.h"
#include "sim/cli/faults_command.h"
#include "sim/report/faults/fault_page.h"
#include "sim/report/report.h"
#include "sim/sweep/provenance.h"
#include "sim/sweep/wording.h"

namespace brownout::cli {
namespace {

namespace validation = memory::validation;
using memory::MemoryConfig;
using report::FaultReport;
using report::WordTable;

Options declare() {
  Options options("faults show WHAT [options]",
                  "Shows a fault map, or a memory (.yaml): its curve and one chip of it. Numbers "
                  "on the terminal,\nplots and pictures with --out.",
                  {{"WHAT"}});
  add_subject_options(options);
  options.value("out", "DIR", "report.html, rates.csv and report.json");
  return options;
}

std::string number(double value) {
  return std::isinf(value) ? "infinite" : fmt::format("{:.4g}", value);
}

WordTable number_table(const validation::Sample& sample) {
  WordTable table;
  table.titles = {"number", "value", "95 % interval", "what it is"};
  table.left = 4;
  for (const validation::MapNumber& row : validation::numbers_of(sample)) {
    table.rows.push_back({row.name, number(row.value),
                          row.interval ? fmt::format("{} to {}", number(row.interval->lower),
                                                     number(row.interval->upper))
                                       : "",
                          row.meaning});
  }
  return table;
}

/// The curve's points: how many cells fail, and what a word access and a macro cost there.
WordTable curve_table(const MemoryConfig& model) {
  WordTable table;
  table.titles = {
      "voltage",   "share of failing cells", "95 % interval", "energy per access", "read, pJ",
      "write, pJ", "leakage of a macro, nW"};
  table.left = 0;
  const auto& points = model.curve.points();
  for (auto point = points.rbegin(); point != points.rend(); ++point) {
    const VminRatio v = point->voltage;
    std::string voltage = fmt::format("{:.6g} Vmin", v.count());
    if (model.vmin) voltage += fmt::format(" ({:.6g} V)", v.count() * model.vmin->count());
    const auto interval = model.curve.interval(v);
    constexpr double kNanowatts = 1e6;  // of a milliwatt
    table.rows.push_back({voltage, sweep::rate(model.curve.bit_error_rate(v)),
                          interval ? fmt::format("{} to {}", sweep::rate(interval->lower),
                                                 sweep::rate(interval->upper))
                                   : "no counts",
                          fmt::format("{:.4f}", point->energy),
                          fmt::format("{:.3f}", (model.energy.read * point->energy).count()),
                          fmt::format("{:.3f}", (model.energy.write * point->energy).count()),
                          fmt::format("{:.4g}", model.leakage.at(v).count() * kNanowatts)});
  }
  return table;
}

}  // namespace

int execute_faults_show(const Arguments& arguments) {
  Options options = declare();
  if (!options.parse(arguments)) return 0;
  const auto folder = options.text("out");
  if (folder) report::require_gnuplot();
  ThreadPool pool;
  const validation::Subject subject = load_subject(options.positionals().front(), options);
  FaultReport result(subject.label, validation::align_one(subject, alignment_of(options), pool),
                     0.05);
  result.rates = validation::rates_of(result.a);
  if (const MemoryConfig* model = subject.model()) {
    result.tables.emplace_back("Curve", curve_table(*model));
    std::cout << fmt::format("{}: {}\n\n", model->name, model->source)
              << table_text(result.tables.back().second)
              << fmt::format("fit: {}\n\n", sweep::fit_text(model->curve));
    result.a.label =
        fmt::format("{} (chip {})", subject.label, options.count("chip", 0).value_or(0));
  }
  result.tables.emplace_back("Numbers", number_table(result.a));
  result.provenance = fault_provenance(result, command_line("faults show", arguments));
  std::cout << fault_text(result) << "\n" << table_text(result.tables.back().second);
  if (folder) {
    report::write_fault_report(result, *folder);
    std::cout << "\n" << (std::filesystem::path(*folder) / "report.html").string() << "\n";
  }
  return 0;
}

}  // namespace brownout::cli
