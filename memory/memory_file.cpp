// SPDX-License-Identifier: Apache-2.0
#include "memory/memory_file.h"

#include "sim/config/document.h"

namespace brownout::memory {

MemoryConfig load_memory(const std::filesystem::path& file, const config::Overrides& overrides) {
  auto document = config::Document::load(file, overrides);
  MemoryConfig memory = read_memory_config(document.root());
  document.finish();
  return memory;
}

}  // namespace brownout::memory
