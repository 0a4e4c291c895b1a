// SPDX-License-Identifier: Apache-2.0
#include "memory/group.h"

#include "sim/core/error.h"

namespace brownout::memory {

const char* group_name(GroupId group) {
  switch (group) {
    case GroupId::kIfmap:
      return "ifmap";
    case GroupId::kFilter:
      return "filter";
    case GroupId::kOfmap:
      return "ofmap";
  }
  throw SimulationError("unknown SRAM group");
}

}  // namespace brownout::memory
