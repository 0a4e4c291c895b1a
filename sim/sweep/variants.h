// SPDX-License-Identifier: Apache-2.0
// Variants of an experiment (layer 5): the same sweep under several sets of overrides, to be
// compared. Read from `variants` of an experiment.
#pragma once

#include <string>
#include <vector>

#include "sim/config/override.h"
#include "sim/config/section.h"

namespace brownout::sweep {

struct Variant {
  std::string name;             ///< of its folder, too
  config::Overrides overrides;  ///< whose paths start from the folder of the file with the variant
};

/// None when the key is not given.
[[nodiscard]] std::vector<Variant> read_variants(config::Section root);

/// `overrides` and the variant's, which win.
[[nodiscard]] config::Overrides with(config::Overrides overrides, const Variant& variant);

}  // namespace brownout::sweep
