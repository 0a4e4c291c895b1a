// SPDX-License-Identifier: Apache-2.0
// `brownout faults fit`.
#include <fmt/format.h>
#include <unistd.h>

#include <cctype>
#include <filesystem>
#include <iostream>
#include <system_error>
#include <utility>

#include "memory/memory_file.h"
#include "memory/validation/fit_words.h"
#include "memory/validation/model_fit.h"
#include "sim/cli/common_options.h"
#include "sim/cli/fault_inputs.h"
#include "sim/cli/fault_text.h"
#include "sim/cli/faults_command.h"
#include "sim/core/atomic_file.h"
#include "sim/core/error.h"
#include "sim/report/faults/fault_page.h"
#include "sim/report/report.h"

namespace brownout::cli {
namespace {

namespace validation = memory::validation;
using report::FaultReport;
using report::WordTable;

Options declare() {
  Options options("faults fit MAP [options]",
                  "Finds the parameters of a memory's fault model that give chips like the map, "
                  "then compares the map\nwith chips of that model and says what it cannot "
                  "explain.",
                  {{"MAP"}});
  options.value("geometry", "BxRxW", "blocks, rows and word bits of a map whose file does not say");
  options.value("tile", "RxW", "cut each block into tiles of these rows and bits");
  options.value("level", "V",
                "voltage of structure and directions; if not given, the lowest at which at most "
                "1 % fail");
  options.value("curve", "FORM", "best (a probit line where it fits; the default), line, points");
  options.value("vmin", "V", "lowest fault-free voltage, where the map has none");
  options.value("chips", "N", "chips of the fitted model to compare with, 999 if not given");
  options.value("alpha", "P", "chance of any false rejection, 0.05 if not given");
  options.value("name", "NAME", "the memory's name, that of the map's file if not given");
  options.value("out", "FILE", "the memory, a YAML file");
  options.value("report", "DIR", "report.html, tests.csv, rates.csv and report.json");
  return options;
}

validation::FitOptions fit_options(const Options& options, const memory::FaultMap& map) {
  validation::FitOptions how;
  how.curve = std::vector<validation::CurveForm>{
      validation::CurveForm::kBest, validation::CurveForm::kLine,
      validation::CurveForm::kPoints}[options.choice("curve", {"best", "line", "points"})];
  if (const auto text = options.text("level")) {
    how.level = validation::level_of(map, voltage_option(options, "level"));
  }
  if (const auto text = options.text("vmin")) {
    const auto vmin = voltage_option(options, "vmin");
    if (vmin.relative_to_vmin || map.relative_to_vmin() ||
        vmin.value <= map.levels().front().voltage) {
      options.fail(fmt::format("--vmin: found '{}', allowed: volts above {} {}, for maps in volts",
                               *text, map.levels().front().voltage, map.unit()));
    }
    how.vmin = vmin.value;
  }
  return how;
}

/// A name without what a YAML text would need quotes for.
std::string name_of(const Options& options) {
  std::filesystem::path path(options.positionals().front());
  while (path.has_extension()) path = path.stem();
  std::string name = options.text("name").value_or(path.filename().string());
  for (char& c : name) {
    const bool is_plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
    if (!is_plain) c = '_';
  }
  return name.empty() || std::isalpha(static_cast<unsigned char>(name.front())) == 0
             ? "fitted_" + name
             : name;
}

/// The memory that `text` gives, by the reader every command uses.
memory::MemoryConfig read_back(const std::string& text, const std::string& path) {
  write_file_atomically(path, text);
  return memory::load_memory(path);
}

/// A file name of this process, removed at the end.
class TemporaryFile {
 public:
  TemporaryFile()
      : path_((std::filesystem::temp_directory_path() /
               fmt::format("brownout-fit-{}.yaml", ::getpid()))
                  .string()) {}
  ~TemporaryFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  TemporaryFile(TemporaryFile&&) = delete;
  TemporaryFile& operator=(TemporaryFile&&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

FaultReport compare_with(const validation::Subject& map, const memory::MemoryConfig& model,
                         const validation::ModelFit& fit, const Options& options) {
  ThreadPool pool;
  validation::Alignment how;
  how.chips = options.count("chips", 2).value_or(how.chips);
  how.level =
      config::SupplyVoltage{map.map()->levels()[fit.level].voltage, map.map()->relative_to_vmin()};
  validation::ResamplingOptions resampling;
  resampling.alpha = options.number("alpha", 1e-6, 0.5).value_or(resampling.alpha);
  const validation::Subject fitted{model.name + ", fitted to it", model};
  validation::Aligned sides = validation::align(map, fitted, how, pool);
  FaultReport report(fmt::format("{} and the model fitted to it", map.label), std::move(sides.a),
                     resampling.alpha);
  report.b = std::move(sides.b);
  report.comparison = validation::compare(report.a, *report.b, resampling, pool);
  report.rates = report.comparison->rates;
  report.results = report.comparison->results;
  return report;
}

WordTable parameter_table(const validation::ModelFit& fit, const memory::FaultMap& map) {
  WordTable table;
  table.titles = {"parameter", "value", "95 % interval", "what it is"};
  table.left = 4;
  for (const auto& row : validation::parameters_of(fit, map)) {
    table.rows.push_back({row.name, row.value, row.interval, row.meaning});
  }
  return table;
}

std::string sentences(const std::string& heading, const std::vector<std::string>& all) {
  std::string text = heading + "\n";
  for (const std::string& sentence : all) text += "- " + sentence + "\n";
  return text;
}

}  // namespace

int execute_faults_fit(const Arguments& arguments) {
  Options options = declare();
  if (!options.parse(arguments)) return 0;
  const std::string& file = options.positionals().front();
  const auto folder = options.text("report");
  if (folder) report::require_gnuplot();
  const validation::Subject subject = load_map(file, options);
  const memory::FaultMap& map = *subject.map();
  const validation::ModelFit fit = validation::fit_model(map, fit_options(options, map));
  const auto out = options.text("out");
  const TemporaryFile temporary;
  const memory::MemoryConfig model = read_back(validation::memory_text(fit, map, name_of(options)),
                                               out.value_or(temporary.path()));

  FaultReport result = compare_with(subject, model, fit, options);
  const auto missing = validation::unexplained(fit, map, *result.comparison);
  const auto choices = validation::choices_of(fit, map);
  result.tables = {{"Fitted parameters", parameter_table(fit, map)}};
  result.notes = comparison_notes(result, {});
  result.provenance = fault_provenance(result, command_line("faults fit", arguments));
  std::cout << table_text(result.tables.front().second) << "\n"
            << sentences("How it was fitted:", choices) << "\n"
            << (missing.empty() ? "Nothing in the map contradicts the model.\n"
                                : sentences("What the model cannot explain:", missing))
            << "\n"
            << fault_text(result);
  if (out) std::cout << "\n" << *out << "\n";
  if (folder) {
    result.lists = {{"How it was fitted", choices}, {"What the model cannot explain", missing}};
    report::write_fault_report(result, *folder);
    std::cout << (std::filesystem::path(*folder) / "report.html").string() << "\n";
  }
  return 0;
}

}  // namespace brownout::cli
