// SPDX-License-Identifier: Apache-2.0
// The joint report of an experiment's variants (layer 5).
#pragma once

#include <filesystem>

namespace brownout::report {

/// (Re)builds `folder`'s report.html from its variants.csv. Throws InputError when that is damaged
/// or empty.
void write_variant_report(const std::filesystem::path& folder);

}  // namespace brownout::report
