// SPDX-License-Identifier: Apache-2.0
#include "sim/cli/fault_text.h"

#include <fmt/format.h>

#include "sim/sweep/text_table.h"
#include "sim/sweep/version.h"
#include "sim/sweep/wording.h"

namespace brownout::cli {
namespace {

using memory::validation::Comparison;
using memory::validation::Sample;
using report::FaultReport;

std::string side_text(const char* name, const Sample& sample) {
  if (!sample.is_model) return fmt::format("{}: map {}\n", name, sample.label);
  return fmt::format("{}: {} chip{} of {}\n", name, sweep::thousands(sample.chips.size()),
                     sample.chips.size() == 1 ? "" : "s", sample.label);
}

}  // namespace

std::vector<std::string> comparison_notes(const FaultReport& report,
                                          const std::vector<double>& left_out) {
  std::vector<std::string> notes;
  const Comparison& comparison = *report.comparison;
  if (!left_out.empty()) {
    notes.push_back(fmt::format("Left out, not both sides have them: {} {}.",
                                fmt::join(left_out, ", "), report.map().unit()));
  }
  const auto tests = static_cast<double>(comparison.results.size());
  if (comparison.smallest_p * tests > report.alpha) {
    notes.push_back(
        comparison.by_blocks
            ? fmt::format("The smallest p-value, {:.2g}, cannot reject after Holm's correction; "
                          "more --resamples can.",
                          comparison.smallest_p)
            : fmt::format(
                  "With {} and {} chips the smallest p-value is {:.2g}, which cannot reject "
                  "after Holm's correction; --chips {} can.",
                  comparison.units_a, comparison.units_b, comparison.smallest_p,
                  memory::validation::chips_needed(report.alpha)));
  }
  if (comparison.by_blocks) {
    const auto& overlap = comparison.overlap;
    notes.push_back(fmt::format(
        "Cells failing on both at {:.6g} {}: {}, {:.3g} expected of independent maps{}.",
        report.map().levels()[report.level()].voltage, report.map().unit(),
        sweep::thousands(static_cast<std::uint64_t>(overlap.shared)), overlap.expected,
        overlap.shared > 10 * overlap.expected + 10
            ? "; they seem to be one chip, and tests of independent maps then reject too rarely"
            : ""));
  }
  return notes;
}

std::vector<std::pair<std::string, std::string>> fault_provenance(const FaultReport& report,
                                                                  const std::string& command) {
  std::vector<std::pair<std::string, std::string>> all = {{"A", report.a.label}};
  if (!report.results.empty()) {
    all.emplace_back("B", report.b ? report.b->label : "none: independent cells, all alike");
  }
  all.insert(all.end(),
             {{"built from", fmt::format("Brownout {} ({})", sweep::version(), sweep::revision())},
              {"command", command}});
  return all;
}

std::string table_text(const report::WordTable& table) {
  std::vector<sweep::TextColumn> columns;
  for (std::size_t i = 0; i < table.titles.size(); ++i) {
    columns.push_back({"", table.titles[i], i < table.left});
  }
  sweep::TextTable text(std::move(columns));
  for (const auto& row : table.rows) text.add_row(row);
  return text.text();
}

std::string fault_text(const FaultReport& report) {
  const auto& map = report.map();
  std::string text = side_text("A", report.a);
  if (report.b) text += side_text("B", *report.b);
  text +=
      fmt::format("{} cells, {}; places at {:.6g} {}\n\n", sweep::thousands(map.geometry().cells()),
                  map.geometry().text(), map.levels()[report.level()].voltage, map.unit());
  text += table_text(report::rate_table(report));
  if (!report.results.empty()) {
    text += "\n" + table_text(report::verdict_table(report)) + "\n" + report::verdict_line(report) +
            "\n";
  }
  for (const std::string& note : report.notes) text += note + "\n";
  return text;
}

}  // namespace brownout::cli
