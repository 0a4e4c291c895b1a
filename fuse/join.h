// SPDX-License-Identifier: Apache-2.0
// A generator in front of a base network as ordinary graphs (layer 4): the stage alone, and stage
// and base as one. Everything downstream - both engines, traces, results - then needs to know of
// generators only which layers are theirs.
#pragma once

#include <cstdint>

#include "models/graph.h"

namespace brownout::fuse {

/// What a generator's last tensor is.
enum class GeneratorOutput {
  kPerturbation,  ///< G(x): the stage adds the image and clips
  kImage,         ///< F(x), the whole of it
};

/// Names of the stage's layers begin with it.
constexpr const char* kStagePrefix = "fuse/";

/// From the base network's image codes to the codes it reads instead of them,
///   F(x) = clip(x + G(x)),
/// clip_range() in the base's numbers. x is coded as the base's input; a table brings it to the
/// generator's own scale and normalisation where they differ (`fuse/input`), G(x) is brought back
/// while it is added (`fuse/add`), F(x) by another table (`fuse/output`). A generator that says
/// nothing of normalisation (mean 0, deviation 1) reads what the base reads.
///
/// Throws InputError naming the generator when it does not give images of the input's extent, its
/// input is not the base's, it leaves raw accumulators, or its normalisation is not the base's but
/// for one factor and one shift of all channels.
[[nodiscard]] models::Graph make_front(const models::Graph& generator, const models::Graph& base,
                                       GeneratorOutput output);

/// The nodes of `front`, then those of `base`, which read its output as their image.
[[nodiscard]] models::Graph join(const models::Graph& front, const models::Graph& base);

}  // namespace brownout::fuse
