// SPDX-License-Identifier: Apache-2.0
#include "memory/validation/fit_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

namespace brownout::memory::validation {
namespace {

std::string number(double value) { return fmt::format("{:.4g}", value); }

std::string interval_text(const Estimate& estimate) {
  const std::string upper =
      std::isinf(estimate.interval.upper) ? "infinite" : number(estimate.interval.upper);
  return number(estimate.interval.lower) + " to " + upper;
}

FittedParameter shape(const char* of, const Estimate& k) {
  const std::string name = fmt::format("spatial.{}", of);
  const std::string meaning = fmt::format("gamma shape of the weights of {}", of);
  if (std::isfinite(k.value)) return {name, number(k.value), interval_text(k), meaning};
  return {name, "none", fmt::format("above {:.3g}", k.interval.lower), meaning};
}

/// Sentences for tests that a fitted model fails, by name; %a and %b stand for the two numbers.
struct Explanation {
  const char* test;
  const char* sentence;
};

constexpr std::array<Explanation, 13> kExplanations = {{
    {"bit-error rate",
     "The rates scatter less or more over voltage than chips of the model (share of failing cells "
     "{a}, on average {b})."},
    {"blocks",
     "Faults are more or less unevenly spread over blocks than gamma weights give: "
     "variance-to-mean {a}, the model's chips {b}."},
    {"block correlation",
     "The blocks that fail at successive voltages are not the same in the measure the model has: "
     "correlation {a}, the model's {b}. In the model a cell's weight is the same at all voltages."},
    {"columns",
     "Clustering in columns beyond gamma weights: same-column pairs {a} times those of independent "
     "cells, the model's chips {b}."},
    {"words",
     "Clustering in words beyond gamma weights: same-word pairs {a} times those of independent "
     "cells, the model's chips {b}."},
    {"word distance",
     "Neighbours along a column: {a} times as many pairs 1-2 words apart as of cells anywhere on "
     "it, the model's chips {b}; it has no weight for neighbours."},
    {"bit distance",
     "Neighbours along a word: {a} times as many pairs 1-2 bits apart as of cells anywhere on it, "
     "the model's chips {b}; it has no weight for neighbours."},
    {"bit positions",
     "The same bits of the word are weak in all blocks: variance-to-mean of bit counts {a}, the "
     "model's chips {b}; its columns are independent from block to block."},
    {"direction", "The share of cells reading 1 is {a}, the model's {b}."},
    {"inclusion",
     "Inclusion: {a} of failing cells still fail one voltage lower, the model's {b}; a cell of the "
     "model never heals with falling voltage."},
    {"fail probability", "Failing cells fail {a} of their reads, the model's {b}."},
    {"always failing", "The share of cells that fail every read is {a}, the model's {b}."},
    {"probit residuals",
     "The rates leave their probit line by {a} probit units, those of the model's chips by {b}."},
}};

void replace(std::string& text, const std::string& what, const std::string& by) {
  const std::size_t at = text.find(what);
  if (at != std::string::npos) text.replace(at, what.size(), by);
}

/// How often cells that are new at the lowest voltage fail, and those that are not.
std::string changing_reliability(const FaultMap& map) {
  if (map.levels().size() < 2) return "";
  const MapLevel& here = map.levels().back();
  const MapLevel& above = map.levels()[map.levels().size() - 2];
  if (here.reads < 2 || above.faults.empty()) return "";
  double failures[2] = {0, 0};
  double squares[2] = {0, 0};
  double cells[2] = {0, 0};
  auto other = above.faults.begin();
  for (const MapFault& fault : here.faults) {
    while (other != above.faults.end() && other->cell < fault.cell) ++other;
    const int is_old = other != above.faults.end() && other->cell == fault.cell ? 1 : 0;
    const double share = static_cast<double>(fault.failures) / here.reads;
    failures[is_old] += share;
    squares[is_old] += share * share;
    cells[is_old] += 1;
  }
  if (cells[0] < 10 || cells[1] < 10) return "";
  const auto mean = [&](int i) { return failures[i] / cells[i]; };
  const auto variance = [&](int i) {
    return (squares[i] / cells[i] - mean(i) * mean(i)) / cells[i];
  };
  constexpr double kClearly = 4;  // standard errors
  if (std::abs(mean(1) - mean(0)) < kClearly * std::sqrt(variance(0) + variance(1))) return "";
  return fmt::format(
      "At {:.6g} {} cells that failed one voltage higher too fail {} of their reads, new ones {}; "
      "a "
      "cell of the model keeps its probability at all voltages.",
      here.voltage, map.unit(), number(mean(1)), number(mean(0)));
}

/// The steps at which cells healed, with numbers; empty when none did.
std::string healed_cells(const FaultMap& map) {
  std::string steps;
  for (std::size_t i = 1; i < map.levels().size(); ++i) {
    const auto& above = map.levels()[i - 1].faults;
    std::vector<MapFault> healed;
    std::set_difference(above.begin(), above.end(), map.levels()[i].faults.begin(),
                        map.levels()[i].faults.end(), std::back_inserter(healed),
                        [](const MapFault& a, const MapFault& b) { return a.cell < b.cell; });
    if (healed.empty()) continue;
    const double kept =
        100 - 100.0 * static_cast<double>(healed.size()) / static_cast<double>(above.size());
    steps += fmt::format("{}{:.4g} % from {:.6g} to {:.6g} {}", steps.empty() ? "" : ", ", kept,
                         map.levels()[i - 1].voltage, map.levels()[i].voltage, map.unit());
  }
  return steps;
}

}  // namespace

std::vector<FittedParameter> parameters_of(const ModelFit& fit, const FaultMap& map) {
  const std::string unit = std::string(" ") + map.unit();
  const char* how =
      fit.line.by_blocks ? "probit line; blocks may differ" : "probit line; cells independent";
  std::vector<FittedParameter> rows = {
      {"curve mu", number(fit.line.mu.value) + unit, interval_text(fit.line.mu), how},
      {"curve sigma", number(fit.line.sigma.value) + unit, interval_text(fit.line.sigma), how}};
  if (fit.spatial) {
    rows.push_back(shape("macros", fit.spatial->macros));
    rows.push_back(shape("columns", fit.spatial->columns));
    rows.push_back(shape("rows", fit.spatial->rows));
  }
  if (fit.share_of_ones) {
    rows.push_back({"share_of_ones", number(fit.share_of_ones->value),
                    interval_text(*fit.share_of_ones),
                    fmt::format("of {} cells of known direction", fit.known)});
  }
  if (fit.failures) {
    const FailFit& f = *fit.failures;
    rows.push_back({"fail probability", number(f.mean.value), interval_text(f.mean),
                    "mean over cells that can fail"});
    rows.push_back({"always", number(f.always.value), interval_text(f.always),
                    "share of cells that fail every access"});
    rows.push_back({"alpha, beta", number(f.probability.alpha) + ", " + number(f.probability.beta),
                    "", "beta distribution of the others"});
  }
  return rows;
}

std::vector<std::string> choices_of(const ModelFit& fit, const FaultMap& map) {
  std::vector<std::string> choices = {fmt::format(
      "Structure and directions at {:.6g} {}, mechanism {}.", map.levels()[fit.level].voltage,
      map.unit(), fit.failures ? "random_read" : "stuck_at")};
  choices.push_back(
      fmt::format("The curve is written {} (p {:.2g} of the probit line, for independent cells).",
                  fit.is_line ? "as a probit line" : "as measured", fit.line_p));
  if (fit.is_pooled) {
    choices.emplace_back(
        "Fewer cells fail at a lower voltage somewhere: these rates were averaged.");
  }
  if (!map.relative_to_vmin() && !fit.vmin_is_measured) {
    choices.push_back(fmt::format(
        "No voltage was fault-free: Vmin is {} V, where the line expects half a failing cell, "
        "unless --vmin says otherwise.",
        fit.vmin));
  }
  if (!fit.share_of_ones) {
    choices.emplace_back(
        "No directions in the map: stuck cells and inverting ones cannot be told apart; half of "
        "them prefer 1.");
  } else if (fit.known < static_cast<double>(map.levels()[fit.level].faults.size())) {
    choices.emplace_back("Cells of unknown direction were left out of share_of_ones.");
  }
  if (!fit.spatial)
    choices.emplace_back("No two cells of a block fail: nothing known of structure.");
  return choices;
}

std::vector<std::string> unexplained(const ModelFit& fit, const FaultMap& map,
                                     const Comparison& comparison) {
  std::vector<std::string> sentences;
  const std::string healed = healed_cells(map);
  if (!healed.empty() && !fit.failures) {
    sentences.push_back(fmt::format(
        "Inclusion below 100 %: still failing are {}. Stuck cells of the model never heal; "
        "repeated reads would tell whether random_read does it.",
        healed));
  }
  for (const TestResult& result : comparison.results) {
    if (result.verdict != Verdict::kRejected) continue;
    if (result.name == "inclusion" && !fit.failures) continue;
    for (const Explanation& explanation : kExplanations) {
      if (result.name != explanation.test) continue;
      std::string sentence = explanation.sentence;
      replace(sentence, "{a}", number(result.effect));
      replace(sentence, "{b}", number(result.reference));
      sentences.push_back(sentence);
    }
  }
  const std::string changing = changing_reliability(map);
  if (!changing.empty()) sentences.push_back(changing);
  return sentences;
}

}  // namespace brownout::memory::validation
