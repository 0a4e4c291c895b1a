// SPDX-License-Identifier: Apache-2.0
// What a fitted model says about a map, and what it has no parameter for, in sentences (layer 2).
#pragma once

#include <string>
#include <vector>

#include "memory/fault_map.h"
#include "memory/validation/comparison.h"
#include "memory/validation/model_fit.h"

namespace brownout::memory::validation {

/// A parameter as reports list it.
struct FittedParameter {
  std::string name;
  std::string value;
  std::string interval;  ///< empty when there is none
  std::string meaning;
};

[[nodiscard]] std::vector<FittedParameter> parameters_of(const ModelFit& fit, const FaultMap& map);

/// Choices the fit made that a user may want to know.
[[nodiscard]] std::vector<std::string> choices_of(const ModelFit& fit, const FaultMap& map);

/// What chips of the fitted model do not show as the map does: rejected tests of `comparison` (the
/// map is A) and properties outside the model. Empty when it explains all that was asked.
[[nodiscard]] std::vector<std::string> unexplained(const ModelFit& fit, const FaultMap& map,
                                                   const Comparison& comparison);

}  // namespace brownout::memory::validation
