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

struct FaultReport {
  std::string title;
  memory::validation::Sample a;
  std::optional<memory::validation::Sample> b;
  std::vector<memory::validation::RateRow> rates;  ///< of A; of B too if there is one
  std::vector<memory::validation::TestResult> results;
  std::optional<memory::validation::Comparison> comparison;  ///< when there is a B
  double alpha = 0.05;
  std::vector<std::string> notes;  ///< what readers must know, a sentence each
  std::vector<std::pair<std::string, std::string>> provenance;

  [[nodiscard]] const memory::FaultMap& map() const { return a.first; }
  [[nodiscard]] std::size_t level() const { return a.level; }
};

}  // namespace brownout::report
