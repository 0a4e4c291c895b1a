// SPDX-License-Identifier: Apache-2.0
// The program `brownout-train`: what `brownout train` starts.
#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

#include "accel/fast/fast_graph.h"
#include "fuse/train/train_fuse.h"
#include "models/data/input_encoder.h"
#include "models/train/train_base.h"
#include "sim/cli/common_options.h"
#include "sim/cli/guard.h"
#include "sim/cli/options.h"
#include "sim/config/document.h"
#include "sim/core/thread_pool.h"

namespace {

using namespace brownout;

/// By the fast engine's kernels, which equal the definition of the operators.
double fast_accuracy(const models::Graph& graph, const models::Dataset& images) {
  const accel::FastGraph fast(graph);
  const accel::FastGraph::Weights weights = fast.pack_clean();
  const models::InputEncoder encoder(graph);
  ThreadPool pool;
  std::vector<accel::FastGraph::Workspace> workspaces;
  for (std::size_t i = 0; i < pool.size(); ++i) workspaces.emplace_back(fast);
  std::vector<int> correct(images.size(), 0);
  pool.parallel_for(images.size(), [&](std::size_t worker, std::size_t i) {
    std::vector<std::int32_t> logits;
    fast.run(weights, encoder.encode(images, i).data(), workspaces[worker], logits);
    correct[i] = models::classify(graph, logits) == images.labels[i] ? 1 : 0;
  });
  const auto hits = std::count(correct.begin(), correct.end(), 1);
  return static_cast<double>(hits) / static_cast<double>(images.size());
}

void say(const std::string& line) { std::cerr << line << std::endl; }

void train_base(config::Document& document, bool resume) {
  const auto config = models::read_train_base_config(document.root());
  document.finish();
  models::TrainOptions settings;
  settings.resume = resume;
  settings.integer_accuracy = fast_accuracy;
  models::train_base(config, settings, say);
}

void train_fuse(config::Document& document, bool resume) {
  const auto config = fuse::read_train_fuse_config(document.root());
  document.finish();
  fuse::train_fuse(config, {resume, 0}, say);
}

int train(const cli::Arguments& arguments) {
  cli::Options options("train base|fuse CONFIG [options]",
                       "base: trains a network, quantises it and writes it as ONNX with its log.\n"
                       "fuse: the same of a NeuralFuse generator in front of a network that stays "
                       "as it is.",
                       {{"base|fuse"}, {"CONFIG"}});
  cli::add_set_option(options);
  options.flag("resume", "continue from the checkpoint");
  if (!options.parse(arguments)) return 0;
  const std::string& what = options.positionals()[0];
  if (what != "base" && what != "fuse") {
    options.fail("found '" + what + "', allowed: base, fuse");
  }
  auto document = config::Document::load(options.positionals()[1], cli::overrides(options));
  (what == "base" ? train_base : train_fuse)(document, options.has("resume"));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  return cli::guarded([&] { return train({argv + 1, argv + argc}); });
}
