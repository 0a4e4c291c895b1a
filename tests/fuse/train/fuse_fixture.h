// SPDX-License-Identifier: Apache-2.0
// A base network, a machine and images on which a generator learns in seconds.
#pragma once

#include <fmt/format.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <string>

#include "fuse/train/fuse_config.h"
#include "fuse/train/fuse_trainer.h"
#include "models/quantizer/calibrate.h"
#include "models/train/train_base.h"
#include "tests/accel/machine_fixture.h"
#include "tests/models/train/tiny_dataset.h"

namespace brownout::fuse::testing {

/// The tiny classifier of the base trainer's tests, after an epoch or two; a function of `seed`.
inline models::Graph tiny_base(std::uint64_t seed, const models::Dataset& train,
                               const std::filesystem::path& folder) {
  models::TrainBaseConfig config =
      models::testing::tiny_config(folder / fmt::format("brownout_{}_{}", ::getpid(), seed));
  config.seed = seed;
  config.optimization.precision = models::Precision::kFloat32;
  models::Trainer trainer(config, train, train);
  trainer.run(0, [](const std::string&) {});
  std::filesystem::remove(config.checkpoint);
  return models::quantize_trained(trainer.network(), train, {20, 99.99}, {});
}

/// 3 % of the cells of the small machine's filter buffer fail.
inline TrainFuseConfig tiny_fuse_config(const std::filesystem::path& checkpoint) {
  TrainFuseConfig c{accel::small_machine(4, 5, 8)};
  c.name = "tiny";
  c.checkpoint = checkpoint;
  c.generator.zoo = "unet_s";
  c.faults.rail = "filter";
  c.faults.rates = {0.02};
  c.objective.perturbed = 3;
  c.optimization.epochs = 2;
  c.optimization.batch = 16;
  c.optimization.precision = models::Precision::kFloat32;
  c.held_out.images = 16;
  c.quantization.coded_output = true;
  return c;
}

}  // namespace brownout::fuse::testing
