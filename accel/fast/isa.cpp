// SPDX-License-Identifier: Apache-2.0
#include "accel/fast/isa.h"

namespace brownout::accel {

bool is_supported(Isa isa) {
  if (isa == Isa::kPortable) return true;
#ifdef __x86_64__
  if (isa == Isa::kAvx2) return __builtin_cpu_supports("avx2") != 0;
  return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
         __builtin_cpu_supports("avx512vl") != 0 && __builtin_cpu_supports("avx512vnni") != 0;
#else
  return false;
#endif
}

Isa best_isa() {
  if (is_supported(Isa::kAvx512Vnni)) return Isa::kAvx512Vnni;
  return is_supported(Isa::kAvx2) ? Isa::kAvx2 : Isa::kPortable;
}

const char* isa_name(Isa isa) {
  switch (isa) {
    case Isa::kPortable:
      return "portable";
    case Isa::kAvx2:
      return "avx2";
    case Isa::kAvx512Vnni:
      return "avx512-vnni";
  }
  return "unknown";
}

}  // namespace brownout::accel
