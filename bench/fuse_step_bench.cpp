// SPDX-License-Identifier: Apache-2.0
// A training step of a generator, beside the same step written directly with libtorch: VGG11 and
// ConvS as plain modules, one loss for all perturbed models, one backward pass, faults as random
// bits of the flattened weights. Prints CPU seconds a step and the ratio.
//   fuse_step_bench [N] [batch] [threads] [rounds]
#include <fmt/format.h>
#include <torch/torch.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

#include "fuse/train/eopm.h"
#include "fuse/train/frozen_model.h"
#include "fuse/train/input_transform.h"
#include "models/train/autocast.h"
#include "models/train/tensors.h"
#include "models/train/training_run.h"
#include "models/zoo/untrained.h"
#include "sim/config/document.h"

namespace {

using namespace brownout;
namespace nn = torch::nn;
namespace functional = torch::nn::functional;

struct Workload {
  int chips = 10;
  int batch = 25;
  int threads = 1;
  int rounds = 5;
};

/// CPU time of all threads, which other work on the machine does not change.
double seconds_of(const std::function<void()>& step) {
  const std::clock_t start = std::clock();
  step();
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

void add_block(nn::Sequential& net, int inputs, int outputs, bool relu) {
  net->push_back(nn::Conv2d(nn::Conv2dOptions(inputs, outputs, 3).padding(1)));
  net->push_back(nn::BatchNorm2d(outputs));
  if (relu) net->push_back(nn::ReLU());
}

nn::Sequential direct_conv_s() {
  nn::Sequential net;
  int channels = 3;
  for (const int outputs : {32, 64, 64}) {
    add_block(net, channels, outputs, true);
    net->push_back(nn::MaxPool2d(2));
    channels = outputs;
  }
  for (const int outputs : {64, 32, 3}) {
    add_block(net, channels, outputs, true);
    net->push_back(nn::Upsample(
        nn::UpsampleOptions().scale_factor(std::vector<double>{2, 2}).mode(torch::kNearest)));
    channels = outputs;
  }
  add_block(net, 3, 3, false);
  net->push_back(nn::Tanh());
  return net;
}

/// VGG11 with frozen 8-bit weights, batch norm folded into what follows the sums.
class DirectVgg {
 public:
  using Weights = std::vector<torch::Tensor>;

  DirectVgg() {
    int channels = 3;
    for (const int outputs : {64, 0, 128, 0, 256, 256, 0, 512, 512, 0, 512, 512, 0}) {
      layers_.push_back(outputs);
      if (outputs == 0) continue;
      add({outputs, channels, 3, 3});
      channels = outputs;
    }
    add({10, 512});
  }
  [[nodiscard]] Weights clean() const { return used(codes_); }
  /// Stuck-at bits in the share `rate` of all.
  [[nodiscard]] Weights perturbed(double rate) const {
    Weights codes;
    for (const torch::Tensor& stored : codes_) {
      torch::Tensor faulty = stored.clone().flatten();
      const auto count = static_cast<std::int64_t>(rate * 8 * static_cast<double>(stored.numel()));
      const torch::Tensor where = torch::randint(faulty.numel(), {count});
      const torch::Tensor bits = torch::ones({count}, torch::kInt32)
                                     .bitwise_left_shift(torch::randint(8, {count}, torch::kInt32));
      const torch::Tensor one = torch::randint(2, {count}, torch::kInt32).to(torch::kBool);
      const torch::Tensor old = faulty.index({where}).to(torch::kInt32);
      faulty.index_put_({where},
                        torch::where(one, old.bitwise_or(bits), old.bitwise_and(bits.bitwise_not()))
                            .to(torch::kInt8));
      codes.push_back(faulty.view(stored.sizes()));
    }
    return used(codes);
  }
  [[nodiscard]] torch::Tensor forward(torch::Tensor x, const Weights& weights) const {
    x = x.to(torch::kBFloat16);
    std::size_t next = 0;
    for (const int outputs : layers_) {
      if (outputs == 0) {
        x = torch::max_pool2d(x, 2);
        continue;
      }
      x = torch::relu(torch::conv2d(x, weights[next], biases_[next], 1, 1));
      ++next;
    }
    return torch::linear(x.flatten(1), weights[next], biases_[next]).to(torch::kFloat32);
  }

 private:
  void add(const std::vector<std::int64_t>& shape) {
    codes_.push_back(torch::randint(-127, 128, shape, torch::kInt8));
    std::vector<std::int64_t> scales(shape.size(), 1);
    scales.front() = shape.front();
    scales_.push_back(torch::rand(scales) * 1e-3);
    biases_.push_back(torch::zeros({shape.front()}, torch::kBFloat16));
  }
  [[nodiscard]] Weights used(const Weights& codes) const {
    Weights result;
    for (std::size_t i = 0; i < codes.size(); ++i) {
      result.push_back((codes[i].to(torch::kFloat32) * scales_[i]).to(torch::kBFloat16));
    }
    return result;
  }

  std::vector<int> layers_;  ///< channels; 0: pooling
  Weights codes_, scales_, biases_;
};

class DirectStep {
 public:
  explicit DirectStep(int chips) : chips_(chips), optimizer_(generator_->parameters(), 1e-3) {}

  void operator()(const torch::Tensor& x, const torch::Tensor& labels) {
    optimizer_.zero_grad();
    torch::Tensor added;
    {
      const models::Bfloat16Scope scope(true);
      added = generator_->forward(x).to(torch::kFloat32);
    }
    const torch::Tensor fused = torch::clamp(x + added, -1, 1);
    torch::Tensor loss = functional::cross_entropy(base_.forward(fused, base_.clean()), labels);
    for (int i = 0; i < chips_; ++i) {
      const torch::Tensor logits = base_.forward(fused, base_.perturbed(0.01));
      loss = loss + 5.0 / chips_ * functional::cross_entropy(logits, labels);
    }
    loss.backward();
    optimizer_.step();
  }

 private:
  int chips_;
  nn::Sequential generator_ = direct_conv_s();
  DirectVgg base_;
  torch::optim::Adam optimizer_;
};

/// As FuseTrainer does it.
class OurStep {
 public:
  OurStep(const models::Graph& base, const fuse::TrainFuseConfig& config)
      : config_(config),
        pool_(static_cast<std::size_t>(config.threads)),
        model_(base, config),
        transform_(config.generator, {3, 32, 32}, fuse::image_coding(base), fuse::rounding(config)),
        optimizer_(transform_.parameters(), torch::optim::AdamOptions(1e-3)) {}

  void operator()(const torch::Tensor& bytes, const torch::Tensor& labels) {
    const auto chips = model_.perturbed(fuse::step_chips(config_, step_++, 1000), pool_);
    optimizer_.zero_grad();
    fuse::eopm_step(transform_, {chips}, bytes, labels, {5, 1, 1, config_.objective.sharing, true});
    optimizer_.step();
  }

 private:
  const fuse::TrainFuseConfig& config_;
  ThreadPool pool_;
  fuse::FrozenModel model_;
  fuse::InputTransform transform_;
  torch::optim::Adam optimizer_;
  std::int64_t step_ = 0;
};

fuse::TrainFuseConfig configured(const Workload& work) {
  auto document = config::Document::load(
      std::string(BROWNOUT_SOURCE_DIR) + "/configs/train/fuse_fashion_conv_s.yaml",
      {"objective.chips_per=step", "optimization.precision=bfloat16",
       fmt::format("objective.perturbed={}", work.chips), fmt::format("threads={}", work.threads)});
  auto config = fuse::read_train_fuse_config(document.root());
  document.finish();
  return config;
}

void run(const Workload& work) {
  models::keep_freed_memory();
  at::set_num_threads(work.threads);
  const auto config = configured(work);
  const models::Graph base = models::make_untrained(models::ZooChoice{"vgg11"}).graph;
  OurStep ours(base, config);
  DirectStep direct(work.chips);
  const torch::Tensor bytes = torch::randint(256, {work.batch, 3, 32, 32})
                                  .to(torch::kFloat32)
                                  .contiguous(torch::MemoryFormat::ChannelsLast);
  const torch::Tensor x = bytes / 127.5 - 1;
  const torch::Tensor labels = torch::randint(10, {work.batch}, torch::kInt64);
  std::vector<double> ratios;
  for (int round = -1; round < work.rounds; ++round) {  // the first one warms up
    const double mine = seconds_of([&] { ours(bytes, labels); });
    const double plain = seconds_of([&] { direct(x, labels); });
    if (round < 0) continue;
    fmt::print("ours {:.3f} s, direct {:.3f} s, ratio {:.3f}\n", mine, plain, mine / plain);
    ratios.push_back(mine / plain);
  }
  std::sort(ratios.begin(), ratios.end());
  fmt::print("N {}, batch {}, {} threads: median ratio {:.3f}, target 1.15\n", work.chips,
             work.batch, work.threads, ratios.at(ratios.size() / 2));
}

}  // namespace

int main(int argc, char** argv) {
  Workload work;
  const std::vector<int*> places = {&work.chips, &work.batch, &work.threads, &work.rounds};
  for (int i = 1; i < std::min(argc, 5); ++i) {
    *places[static_cast<std::size_t>(i - 1)] = std::max(1, std::atoi(argv[i]));
  }
  run(work);
  return 0;
}
