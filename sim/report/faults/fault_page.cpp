// SPDX-License-Identifier: Apache-2.0
#include "sim/report/faults/fault_page.h"

#include <fmt/format.h>

#include <optional>
#include <system_error>
#include <utility>

#include "sim/core/atomic_file.h"
#include "sim/core/error.h"
#include "sim/report/faults/count_plots.h"
#include "sim/report/faults/fault_tables.h"
#include "sim/report/faults/map_picture.h"
#include "sim/report/faults/rate_plots.h"
#include "sim/report/gnuplot.h"
#include "sim/report/html.h"
#include "sim/report/page_parts.h"
#include "sim/sweep/wording.h"

namespace brownout::report {
namespace {

using memory::validation::RateRow;
using memory::validation::Sample;
using memory::validation::TestResult;

std::string side_text(const char* name, const Sample& sample) {
  if (!sample.is_model) return fmt::format("{}: map {}", name, sample.label);
  return fmt::format("{}: {} chip{} of {}", name, sample.chips.size(),
                     sample.chips.size() == 1 ? "" : "s", sample.label);
}

std::string lead(const FaultReport& report) {
  const auto& map = report.map();
  std::string text = side_text("A", report.a);
  if (report.b) text += "; " + side_text("B", *report.b);
  return text + fmt::format("; {} cells, {} at {} voltage{}; spatial questions at {:.6g} {}",
                            sweep::thousands(map.geometry().cells()), map.geometry().text(),
                            map.levels().size(), map.levels().size() == 1 ? "" : "s",
                            map.levels()[report.level()].voltage, map.unit());
}

std::string tiles(const FaultReport& report) {
  const RateRow& row = report.rates.at(report.level());
  const auto share = [&](const char* name, const memory::validation::RateInterval& side) {
    return tile(fmt::format("{}: failing at {:.6g} {}", name, row.voltage, report.map().unit()),
                sweep::rate(side.rate()),
                fmt::format("{} to {} (95 %), {} of {} cells", sweep::rate(side.interval.lower),
                            sweep::rate(side.interval.upper),
                            sweep::thousands(static_cast<std::uint64_t>(side.faults)),
                            sweep::thousands(static_cast<std::uint64_t>(side.cells))));
  };
  std::size_t tested = 0;
  std::size_t rejected = 0;
  for (const TestResult& test : report.results) {
    tested += test.tested ? 1 : 0;
    rejected += test.verdict == memory::validation::Verdict::kRejected ? 1 : 0;
  }
  std::string html = "<div class=\"tiles\">\n";
  if (!report.results.empty()) {
    html += tile(fmt::format("Tests that reject at {:.4g} %", report.alpha * 100),
                 fmt::format("{} of {}", rejected, tested), verdict_line(report));
  }
  html += share("A", row.a);
  if (report.b) html += share("B", row.b);
  return html + "</div>\n";
}

std::vector<Figure> figures(const FaultReport& report) {
  std::vector<Plot> plots;
  const auto add = [&](std::optional<Plot> plot) {
    if (plot) plots.push_back(*std::move(plot));
  };
  add(failing_plot(report));
  add(residual_plot(report));
  for (Plot& plot : count_plots(report)) plots.push_back(std::move(plot));
  for (Plot& plot : correlation_plots(report)) plots.push_back(std::move(plot));
  add(inclusion_plot(report));
  add(reads_plot(report));
  std::vector<Figure> result;
  result.reserve(plots.size());
  for (const Plot& plot : plots) {
    result.push_back(
        {inline_svg(run_gnuplot(plot.script), plot.title), plot.title, plot.caption, plot.wide});
  }
  return result;
}

std::vector<Figure> pictures(const FaultReport& report) {
  const std::string a = "A, " + report.map().name();
  std::vector<Figure> result = {map_picture(report.map(), a)};
  if (report.b) result.push_back(map_picture(report.b->first, "B, " + report.b->first.name()));
  if (!report.map().levels().back().faults.empty()) {
    result.push_back(worst_block_picture(report.map(), a));
  }
  if (report.b && !report.b->first.levels().back().faults.empty()) {
    result.push_back(worst_block_picture(report.b->first, "B, " + report.b->first.name()));
  }
  return result;
}

std::string table_html(const WordTable& table) {
  return html_table(table.titles, table.rows, table.left);
}

std::string questions(const FaultReport& report) {
  std::string html = "<details class=\"card\"><summary>What each test asks</summary><dl>\n";
  for (const TestResult& test : report.results) {
    html += entry(test.name, fmt::format("{} ({})", test.question, test.method));
  }
  return html + "</dl></details>\n";
}

std::string extras(const FaultReport& report) {
  std::string html;
  for (const auto& [heading, table] : report.tables) {
    html += fmt::format("<h2>{}</h2>\n{}", escape(heading), table_html(table));
  }
  for (const auto& [heading, sentences] : report.lists) {
    html += fmt::format("<h2>{}</h2>\n<div class=\"card\"><ul>\n", escape(heading));
    if (sentences.empty()) html += "<li>Nothing.</li>\n";
    for (const std::string& sentence : sentences) {
      html += fmt::format("<li>{}</li>\n", escape(sentence));
    }
    html += "</ul></div>\n";
  }
  return html;
}

}  // namespace

std::string fault_page(const FaultReport& report) {
  std::string body = tiles(report);
  for (const std::string& note : report.notes) {
    body += fmt::format("<p class=\"note\">{}</p>\n", escape(note));
  }
  body += extras(report);
  if (!report.results.empty()) {
    body +=
        "<h2>Tests</h2>\n<p class=\"note\">p: of the test alone; Holm p: corrected for all "
        "tests of the table, by which the verdict goes.</p>\n" +
        table_html(verdict_table(report)) + questions(report);
  }
  body += "<h2>Failing cells</h2>\n" + table_html(rate_table(report)) +
          figures_html("Plots", figures(report)) + figures_html("Fault maps", pictures(report)) +
          "<h2>Where the numbers come from</h2>\n<div class=\"card\"><dl>\n";
  for (const auto& [what, text] : report.provenance) body += entry(what, text);
  return html_page(report.title, lead(report), body + "</dl></div>\n");
}

void write_fault_report(const FaultReport& report, const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    throw InputError(fmt::format("{}: cannot create folder: {}", folder.string(), error.message()));
  }
  // The page last: it is there when everything is.
  if (!report.results.empty()) {
    write_file_atomically((folder / "tests.csv").string(), tests_csv(report));
  }
  write_file_atomically((folder / "rates.csv").string(), rates_csv(report));
  write_file_atomically((folder / "report.json").string(), report_json(report));
  write_file_atomically((folder / "report.html").string(), fault_page(report));
}

}  // namespace brownout::report
