// SPDX-License-Identifier: Apache-2.0
// Fault maps, CSV and matrices, plain or compressed; what loads is equal after writing and reading.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "memory/fault_map_file.h"
#include "tests/fuzz/scratch_file.h"

namespace brownout {
namespace {

bool equal(const memory::FaultMap& a, const memory::FaultMap& b) {
  const auto same_fault = [](const memory::MapFault& x, const memory::MapFault& y) {
    return x.cell == y.cell && x.reads == y.reads && x.failures == y.failures;
  };
  const auto same_level = [&](const memory::MapLevel& x, const memory::MapLevel& y) {
    return x.voltage == y.voltage && std::equal(x.faults.begin(), x.faults.end(), y.faults.begin(),
                                                y.faults.end(), same_fault);
  };
  return a.geometry() == b.geometry() && a.relative_to_vmin() == b.relative_to_vmin() &&
         std::equal(a.levels().begin(), a.levels().end(), b.levels().begin(), b.levels().end(),
                    same_level);
}

}  // namespace
}  // namespace brownout

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace memory = brownout::memory;
  const brownout::fuzz::ScratchFile file(".csv", data, size);
  brownout::fuzz::refuse_or([&] {
    const memory::FaultMap map = memory::load_fault_map(file.path().string());
    const brownout::fuzz::ScratchFile copy("_copy.csv", nullptr, 0);
    memory::write_fault_map(map, copy.path().string());
    brownout::fuzz::expect(brownout::equal(map, memory::load_fault_map(copy.path().string())),
                           "the map differs after writing and reading");
  });
  return 0;
}
