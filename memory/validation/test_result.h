// SPDX-License-Identifier: Apache-2.0
// What every test of this folder gives (layer 2), and Holm's correction over a family of them.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace brownout::memory::validation {

enum class Verdict { kAccepted, kRejected, kNotTested };

/// `accepted`, `rejected` or `not tested`.
[[nodiscard]] const char* verdict_text(Verdict verdict);

struct TestResult {
  std::string name;
  std::string question;
  bool tested = false;  ///< false: the data do not decide it, `note` says why
  double statistic = 0;
  double p_value = 1;       ///< of this test alone
  double adjusted_p = 1;    ///< Holm, over the family
  std::string effect_name;  ///< what `effect` is
  double effect = 0;        ///< as found (comparisons: of A)
  double reference = 0;     ///< under the null hypothesis (comparisons: mean of B)
  Verdict verdict = Verdict::kNotTested;
  std::string method;  ///< where the p-value comes from
  std::string note;    ///< why not tested, or what limits the p-value
};

/// Adjusts the p-values of all tested results (Holm, Scand. J. Statist. 6, 1979) and sets their
/// verdicts: rejected where the adjusted p-value is at most `alpha`. The chance of any false
/// rejection in the family is at most alpha, whatever the tests share.
void judge(std::vector<TestResult>& family, double alpha);

/// Whether any is rejected.
[[nodiscard]] bool any_rejected(const std::vector<TestResult>& family);

}  // namespace brownout::memory::validation
