// SPDX-License-Identifier: Apache-2.0
// What a page of `brownout faults` is about (layer 5).
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "memory/validation/comparison.h"
#include "memory/validation/sample.h"
#include "memory/validation/test_result.h"

namespace brownout::report {

/// A table of texts; the first `left` columns are words.
struct WordTable {
  std::vector<std::string> titles;
  std::vector<std::vector<std::string>> rows;
  std::size_t left = 1;
};

struct FaultReport {
  FaultReport(std::string of, memory::validation::Sample sample, double family_alpha)
      : title(std::move(of)), a(std::move(sample)), alpha(family_alpha) {}

  std::string title;
  memory::validation::Sample a;
  std::optional<memory::validation::Sample> b;
  std::vector<memory::validation::RateRow> rates;  ///< of A; of B too if there is one
  std::vector<memory::validation::TestResult> results;
  std::optional<memory::validation::Comparison> comparison;  ///< when there is a B
  double alpha;
  std::vector<std::string> notes;  ///< what readers must know, a sentence each
  /// More to show first, each under its heading.
  std::vector<std::pair<std::string, WordTable>> tables;
  std::vector<std::pair<std::string, std::vector<std::string>>> lists;
  std::vector<std::pair<std::string, std::string>> provenance;

  [[nodiscard]] const memory::FaultMap& map() const { return a.first; }
  [[nodiscard]] std::size_t level() const { return a.level; }
};

}  // namespace brownout::report
