// SPDX-License-Identifier: Apache-2.0
// Which build this is (layer 5).
#pragma once

namespace brownout::sweep {

/// The release, e.g. `0.1.0`.
[[nodiscard]] const char* version();
/// `git describe` when the build was configured, `unknown` outside a checkout.
[[nodiscard]] const char* revision();

}  // namespace brownout::sweep
