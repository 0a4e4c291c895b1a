// SPDX-License-Identifier: Apache-2.0
// `brownout faults validate`.
#include <fmt/format.h>

#include <iostream>

#include "sim/cli/common_options.h"
#include "sim/cli/fault_inputs.h"
#include "sim/cli/fault_text.h"
#include "sim/cli/faults_command.h"
#include "sim/core/error.h"
#include "sim/report/faults/fault_page.h"
#include "sim/report/faults/fault_tables.h"
#include "sim/report/report.h"

namespace brownout::cli {
namespace {

namespace validation = memory::validation;
using report::FaultReport;

constexpr std::size_t kFewestResamples = 19;  // below, no p-value is 5 %

Options declare() {
  Options options(
      "faults validate A [B] [options]",
      "Tests whether two sides, each a fault map or a memory (.yaml), fail alike; one side alone "
      "is\ntested against the simplest model: independent cells, all alike, that fail for good. "
      "Exit code 0\nwhatever the verdict, unless --expect says otherwise.",
      {{"A [B]", true}});
  add_subject_options(options);
  options.value("chips", "N", "chips of a model, 999 if not given");
  options.value("resamples", "N", "exchanges of blocks, or redrawn maps, 999 if not given");
  options.value("alpha", "P", "chance of any false rejection, 0.05 if not given");
  options.value("seed", "N", "of the resampling, 1 if not given");
  options.value("expect", "VERDICT", "same or different: exit code 4 when it is the other one");
  options.value("out", "DIR", "report.html, tests.csv, rates.csv and report.json");
  return options;
}

validation::ResamplingOptions resampling_of(const Options& options) {
  validation::ResamplingOptions resampling;
  resampling.resamples = options.count("resamples", kFewestResamples).value_or(999);
  resampling.seed = options.count("seed", 0).value_or(1);
  resampling.alpha = options.number("alpha", 1e-6, 0.5).value_or(0.05);
  return resampling;
}

FaultReport compare_sides(const validation::Subject& a, const validation::Subject& b,
                          const Options& options, ThreadPool& pool) {
  validation::Alignment how = alignment_of(options);
  how.chips = options.count("chips", 2).value_or(how.chips);
  const auto resampling = resampling_of(options);
  validation::Aligned sides = validation::align(a, b, how, pool);
  FaultReport report(fmt::format("{} against {}", a.label, b.label), std::move(sides.a),
                     resampling.alpha);
  report.b = std::move(sides.b);
  report.comparison = validation::compare(report.a, *report.b, resampling, pool);
  report.rates = report.comparison->rates;
  report.results = report.comparison->results;
  report.notes = comparison_notes(report, sides.left_out);
  return report;
}

FaultReport test_side(const validation::Subject& a, const Options& options, ThreadPool& pool) {
  const auto resampling = resampling_of(options);
  FaultReport report(fmt::format("Structure of {}", a.label),
                     validation::align_one(a, alignment_of(options), pool), resampling.alpha);
  report.rates = validation::rates_of(report.a);
  report.results = validation::test_structure(report.map(), report.level(), resampling, pool);
  const double smallest_p = 1 / static_cast<double>(resampling.resamples + 1);
  if (smallest_p * static_cast<double>(report.results.size()) > resampling.alpha) {
    report.notes.push_back(
        fmt::format("The smallest p-value of redrawn maps, {:.2g}, may not reject after Holm's "
                    "correction; more "
                    "--resamples can.",
                    smallest_p));
  }
  return report;
}

void check_expectation(const FaultReport& report, std::size_t expectation) {
  const bool is_different = validation::any_rejected(report.results);
  if (expectation == 1 && is_different) {
    throw MismatchError("expected the same, found different: " + report::verdict_line(report));
  }
  if (expectation == 2 && !is_different) {
    throw MismatchError("expected different, found the same: " + report::verdict_line(report));
  }
}

}  // namespace

int execute_faults_validate(const Arguments& arguments) {
  Options options = declare();
  if (!options.parse(arguments)) return 0;
  const auto& names = options.positionals();
  if (names.size() > 2) {
    options.fail(fmt::format("found '{}', which is one word too many", names[2]));
  }
  const std::size_t expectation = options.choice("expect", {"any", "same", "different"});
  const auto folder = options.text("out");
  if (folder) report::require_gnuplot();
  ThreadPool pool;
  const validation::Subject a = load_subject(names[0], options);
  FaultReport result = names.size() == 1
                           ? test_side(a, options, pool)
                           : compare_sides(a, load_subject(names[1], options), options, pool);
  result.provenance = fault_provenance(result, command_line("faults validate", arguments));
  std::cout << fault_text(result);
  if (folder) {
    report::write_fault_report(result, *folder);
    std::cout << "\n" << (std::filesystem::path(*folder) / "report.html").string() << "\n";
  }
  check_expectation(result, expectation);
  return 0;
}

}  // namespace brownout::cli
