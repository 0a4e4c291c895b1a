// SPDX-License-Identifier: Apache-2.0
#include "memory/voltage_rail.h"

#include <utility>

namespace brownout::memory {

VoltageRail::VoltageRail(std::string name, VminRatio voltage)
    : name_(std::move(name)), voltage_(voltage) {}

}  // namespace brownout::memory
