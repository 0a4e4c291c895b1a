// SPDX-License-Identifier: Apache-2.0
#include "models/train/schedule.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace brownout::models {

bool uses_bfloat16(Precision precision) {
  if (precision != Precision::kAuto) return precision == Precision::kBfloat16;
#ifdef __x86_64__
  return __builtin_cpu_supports("avx512bf16") != 0;
#else
  return false;
#endif
}

namespace {

/// One cycle with this peak, of which the share `progress` is done.
double one_cycle(double peak, double warmup, double progress) {
  const double pi = std::acos(-1.0);
  if (progress < warmup) return peak * progress / warmup;
  const double fall = (progress - warmup) / std::max(1.0 - warmup, 1e-9);
  return peak * 0.5 * (1.0 + std::cos(pi * fall));
}

std::string describe(const std::vector<Restart>& restarts) {
  std::string text;
  for (const Restart& restart : restarts) {
    text += fmt::format(" and {} from {}", restart.epochs, restart.learning_rate);
  }
  return text;
}

std::string describe(const TrainedNetwork& network) {
  if (!network.zoo.empty()) return network.zoo;
  const ResidualShape& r = network.residual;
  return fmt::format("stem {}, widths {}, blocks {}, strides {}, bottleneck {}", r.stem,
                     fmt::join(r.widths, " "), fmt::join(r.blocks, " "), fmt::join(r.strides, " "),
                     r.bottleneck);
}

std::string describe_rounding(const TrainBaseConfig& c) {
  if (!c.optimization.quantized_weights) return "none";
  return fmt::format("{} bits per {}", c.quantization.weight_bits,
                     c.quantization.per_channel ? "channel" : "tensor");
}

}  // namespace

double learning_rate(const OptimizationConfig& config, std::int64_t step,
                     std::int64_t steps_per_epoch) {
  const auto share = [&](std::int64_t done, int epochs) {
    return static_cast<double>(done) / static_cast<double>(epochs * steps_per_epoch);
  };
  Restart cycle{config.epochs, config.learning_rate};
  for (const Restart& next : config.restarts) {
    if (step < cycle.epochs * steps_per_epoch) break;
    step -= cycle.epochs * steps_per_epoch;
    cycle = next;
  }
  return one_cycle(cycle.learning_rate, config.warmup, share(step, cycle.epochs));
}

std::string run_fingerprint(const TrainBaseConfig& c, const Dataset& train, int threads) {
  const OptimizationConfig& o = c.optimization;
  return fmt::format(
      "data {} {} x {}x{}x{}; seed {}; threads {}; {}; epochs {}{}, batch {}, learning rate {}, "
      "momentum {}, weight decay {}, warm-up {}, bfloat16 {}, rounding of weights {}; crop padding "
      "{}, flip {}",
      train.name, train.size(), train.shape.channels, train.shape.height, train.shape.width, c.seed,
      threads, describe(c.network), o.epochs, describe(o.restarts), o.batch, o.learning_rate,
      o.momentum, o.weight_decay, o.warmup, uses_bfloat16(o.precision), describe_rounding(c),
      c.augmentation.crop_padding, c.augmentation.flip);
}

}  // namespace brownout::models
