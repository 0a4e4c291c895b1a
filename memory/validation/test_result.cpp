// SPDX-License-Identifier: Apache-2.0
#include "memory/validation/test_result.h"

#include <algorithm>

#include "sim/core/error.h"

namespace brownout::memory::validation {

const char* verdict_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::kAccepted:
      return "accepted";
    case Verdict::kRejected:
      return "rejected";
    case Verdict::kNotTested:
      return "not tested";
  }
  throw SimulationError("unknown verdict");
}

void judge(std::vector<TestResult>& family, double alpha) {
  std::vector<TestResult*> tested;
  for (TestResult& result : family) {
    if (result.tested) tested.push_back(&result);
  }
  std::sort(tested.begin(), tested.end(),
            [](const TestResult* a, const TestResult* b) { return a->p_value < b->p_value; });
  double adjusted = 0;
  for (std::size_t i = 0; i < tested.size(); ++i) {
    const auto left = static_cast<double>(tested.size() - i);
    adjusted = std::max(adjusted, std::min(1.0, left * tested[i]->p_value));
    tested[i]->adjusted_p = adjusted;
    tested[i]->verdict = adjusted <= alpha ? Verdict::kRejected : Verdict::kAccepted;
  }
}

bool any_rejected(const std::vector<TestResult>& family) {
  return std::any_of(family.begin(), family.end(),
                     [](const TestResult& result) { return result.verdict == Verdict::kRejected; });
}

}  // namespace brownout::memory::validation
