// SPDX-License-Identifier: Apache-2.0
// Anyone's images (layer 2): SPLIT/CLASS/*.png, the sub-folder being the class.
#pragma once

#include "models/data/dataset.h"

namespace brownout::models {

/// Classes are numbered in the order of their names, images read in the order of theirs. Every
/// image gets `config.channels` and, with `config.resize_to`, that height and width; otherwise all
/// must be alike. Throws InputError, naming the file or folder, for a missing split, a class that
/// only one of two splits has, a class without images, anything that is no image, and sets beyond
/// 4 GiB of pixels.
[[nodiscard]] Dataset load_image_folder(const DatasetConfig& config);

}  // namespace brownout::models
