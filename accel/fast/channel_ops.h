// SPDX-License-Identifier: Apache-2.0
// Operators that move or compare codes (layer 3, internal to the fast engine). Plain loops over
// contiguous channels; the baseline instruction set is enough for them.
#pragma once

#include <cstdint>

#include "accel/fast/activation_faults.h"
#include "accel/fast/plan.h"

namespace brownout::accel::fast {

/// A tensor's first byte (its border's), and where its codes lie from there.
struct ConstView {
  const std::uint8_t* bytes;
  const TensorLayout& layout;
};
struct MutableView {
  std::uint8_t* bytes;
  const TensorLayout& layout;
};

void max_pool(const models::Window& window, const ConstView& in, const MutableView& out);
void relu(const ConstView& in, const MutableView& out);
void flatten(const ConstView& in, const MutableView& out);
void rearrange(const models::Rearrange& rearrange, const ConstView& in, const MutableView& out);
/// Looks every code of `in` up and puts its channels from `first_channel` of `out` on.
void lookup(const LookupPlan::Input& plan, const ConstView& in, const MutableView& out,
            int first_channel);
/// Puts the input's pixels `spread_h` rows and `spread_w` columns apart.
void spread(const WindowPlan& plan, const ConstView& in, const MutableView& out);
void add(const Kernels& kernels, const AddPlan& plan, const std::array<ConstView, 2>& in,
         const MutableView& out);

/// Codes without border, HWC, into the tensor and out of it.
void load_codes(const std::uint8_t* codes, const MutableView& out);
void store_codes(const ConstView& in, std::uint8_t* codes);

/// Replaces stored codes by what is read through failing cells; throws InputError when the masks'
/// sizes are not the tensor's.
void apply_masks(const ByteMasks& masks, const MutableView& tensor);
/// The same for accumulators.
void apply_masks(const ByteMasks& masks, std::vector<std::int32_t>& accumulators);

}  // namespace brownout::accel::fast
