// SPDX-License-Identifier: Apache-2.0
// Compiled with -DEXPRESSION=... by the tests of this folder.
#include <cstdint>

#include "sim/core/index.h"
#include "sim/core/units.h"

namespace brownout {

/// Something that wants exactly a `T`.
template <class T>
T take(T value);

void snippet() { static_cast<void>(EXPRESSION); }

}  // namespace brownout
