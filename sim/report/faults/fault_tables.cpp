// SPDX-License-Identifier: Apache-2.0
#include "sim/report/faults/fault_tables.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "sim/sweep/csv.h"
#include "sim/sweep/wording.h"

namespace brownout::report {
namespace {

using memory::validation::RateInterval;
using memory::validation::RateRow;
using memory::validation::TestResult;
using memory::validation::Verdict;
using sweep::csv_number;
using Json = nlohmann::ordered_json;

std::string number_text(double value) { return fmt::format("{:.4g}", value); }

std::string rate_text(const RateInterval& side) {
  return fmt::format("{} ({} to {})", sweep::rate(side.rate()), sweep::rate(side.interval.lower),
                     sweep::rate(side.interval.upper));
}

std::string count_text(double count) { return sweep::thousands(static_cast<std::uint64_t>(count)); }

/// JSON knows no infinities.
Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json side_json(const RateInterval& side) {
  return {{"failing", side.faults},
          {"cells", side.cells},
          {"rate", side.rate()},
          {"lower", side.interval.lower},
          {"upper", side.interval.upper}};
}

Json test_json(const TestResult& test) {
  Json json = {{"name", test.name},
               {"question", test.question},
               {"verdict", memory::validation::verdict_text(test.verdict)}};
  if (test.tested) {
    json["p_value"] = test.p_value;
    json["adjusted_p"] = test.adjusted_p;
    json["statistic"] = number(test.statistic);
    json["effect"] = number(test.effect);
    json["reference"] = number(test.reference);
  }
  json["effect_name"] = test.effect_name;
  json["method"] = test.method;
  json["note"] = test.note;
  return json;
}

Json sample_json(const memory::validation::Sample& sample) {
  return {{"label", sample.label},
          {"kind", sample.is_model ? "model" : "map"},
          {"chips", sample.chips.size()}};
}

}  // namespace

std::string p_text(double p) { return p == 0 ? "0" : fmt::format("{:.2g}", p); }

WordTable verdict_table(const FaultReport& report) {
  WordTable table;
  table.titles = {
      "test", "verdict", "effect", report.b ? "A" : "found", report.b ? "B" : "expected",
      "p",    "Holm p"};
  table.left = 3;
  for (const TestResult& test : report.results) {
    const std::string note = test.note.empty() ? "" : fmt::format(" ({})", test.note);
    std::vector<std::string> row = {test.name, memory::validation::verdict_text(test.verdict),
                                    test.effect_name + note};
    if (test.tested) {
      for (const std::string& text : {number_text(test.effect), number_text(test.reference),
                                      p_text(test.p_value), p_text(test.adjusted_p)}) {
        row.push_back(text);
      }
    } else {
      row.insert(row.end(), 4, "");
    }
    table.rows.push_back(row);
  }
  return table;
}

WordTable rate_table(const FaultReport& report) {
  WordTable table;
  table.titles = {"voltage", "A failing", "A share (95 %)"};
  if (report.b) table.titles.insert(table.titles.end(), {"B failing", "B share (95 %)", "p"});
  table.left = 0;
  for (const RateRow& row : report.rates) {
    std::vector<std::string> cells = {fmt::format("{:.6g} {}", row.voltage, report.map().unit()),
                                      count_text(row.a.faults), rate_text(row.a)};
    if (report.b) {
      cells.insert(cells.end(), {count_text(row.b.faults), rate_text(row.b), p_text(row.p_value)});
    }
    table.rows.push_back(cells);
  }
  return table;
}

std::string verdict_line(const FaultReport& report) {
  std::size_t tested = 0;
  std::vector<std::string> rejected;
  for (const TestResult& test : report.results) {
    tested += test.tested ? 1 : 0;
    if (test.verdict == Verdict::kRejected) rejected.push_back(test.name);
  }
  const std::string level = fmt::format("{:.4g} %", report.alpha * 100);
  if (tested == 0) return "nothing could be tested";
  if (rejected.empty()) return fmt::format("all {} tests accept at {}", tested, level);
  return fmt::format("{} of {} tests reject at {}: {}", rejected.size(), tested, level,
                     fmt::join(rejected, ", "));
}

std::string tests_csv(const FaultReport& report) {
  std::string text = sweep::join_csv({"test", "verdict", "p_value", "adjusted_p", "effect_name",
                                      "effect", "reference", "statistic", "method", "note"}) +
                     "\n";
  for (const TestResult& test : report.results) {
    std::vector<std::string> fields = {test.name, memory::validation::verdict_text(test.verdict)};
    if (test.tested) {
      fields.insert(fields.end(), {csv_number(test.p_value), csv_number(test.adjusted_p),
                                   test.effect_name, csv_number(test.effect),
                                   csv_number(test.reference), csv_number(test.statistic)});
    } else {
      fields.insert(fields.end(), {"", "", test.effect_name, "", "", ""});
    }
    fields.insert(fields.end(), {test.method, test.note});
    text += sweep::join_csv(fields) + "\n";
  }
  return text;
}

std::string rates_csv(const FaultReport& report) {
  std::vector<std::string> titles = {"voltage", "unit", "side",  "failing",
                                     "cells",   "rate", "lower", "upper"};
  std::string text = sweep::join_csv(titles) + "\n";
  for (const RateRow& row : report.rates) {
    const auto add = [&](const char* name, const RateInterval& side) {
      text +=
          sweep::join_csv({csv_number(row.voltage), report.map().unit(), name,
                           csv_number(side.faults), csv_number(side.cells), csv_number(side.rate()),
                           csv_number(side.interval.lower), csv_number(side.interval.upper)}) +
          "\n";
    };
    add("A", row.a);
    if (report.b) add("B", row.b);
  }
  return text;
}

std::string report_json(const FaultReport& report) {
  const auto& geometry = report.map().geometry();
  Json json = {
      {"title", report.title},
      {"a", sample_json(report.a)},
      {"b", report.b ? sample_json(*report.b) : Json(nullptr)},
      {"geometry",
       {{"blocks", geometry.blocks}, {"rows", geometry.rows}, {"word_bits", geometry.word_bits}}},
      {"unit", report.map().unit()},
      {"level", report.map().levels()[report.level()].voltage},
      {"alpha", report.alpha},
      {"verdict", verdict_line(report)}};
  for (const RateRow& row : report.rates) {
    Json rate = {{"voltage", row.voltage}, {"a", side_json(row.a)}};
    if (report.b) {
      rate["b"] = side_json(row.b);
      rate["p_value"] = row.p_value;
    }
    json["rates"].push_back(rate);
  }
  for (const TestResult& test : report.results) json["tests"].push_back(test_json(test));
  if (report.comparison && report.comparison->by_blocks) {
    json["shared_cells"] = {{"found", report.comparison->overlap.shared},
                            {"expected_of_independent", report.comparison->overlap.expected}};
  }
  for (const auto& [heading, table] : report.tables) {
    for (const auto& row : table.rows) {
      Json fields;
      for (std::size_t i = 0; i < row.size(); ++i) fields[table.titles[i]] = row[i];
      json["tables"][heading].push_back(fields);
    }
  }
  for (const auto& [heading, sentences] : report.lists) json["lists"][heading] = sentences;
  json["notes"] = report.notes;
  for (const auto& [what, text] : report.provenance) json["provenance"][what] = text;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace brownout::report
