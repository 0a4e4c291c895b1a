// SPDX-License-Identifier: Apache-2.0
// What we export, run by ONNX Runtime. Skips where `./dev setup --judge` was not run.
//
// Ours and its numbers differ in one thing: we multiply accumulators by 31-bit fixed-point ratios
// and round halves up, it multiplies by float32 scales and rounds halves to even. So a node may
// give a code one away from ours where the real value lies within float32's error of the middle
// between two codes, which is rare. More than one code is a bug. Later nodes work on different
// codes then, and so whole networks differ by more.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iostream>

#include "models/data/input_encoder.h"
#include "models/onnx/import.h"
#include "models/reference.h"
#include "sim/model/quantize_network.h"
#include "tests/judge/difference.h"
#include "tests/models/onnx/exportable_graph.h"
#include "tests/support/reference_folder.h"

namespace brownout::judge {
namespace {

namespace fs = std::filesystem;
using models::Graph;

class OnnxRuntime : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (!find_modules()) GTEST_SKIP() << "no ONNX Runtime: ./dev setup --judge installs it";
  }

  static void print(const std::string& what, const Difference& difference) {
    std::cout << fmt::format("{}, {}: {}\n", GetParam(), what, difference.text());
  }

  /// Prints the counts of all operations, of which none may differ by more than one code.
  static void check(const DifferenceByOperation& by_operation) {
    for (const auto& [operation, difference] : by_operation) {
      print(operation, difference);
      EXPECT_EQ(difference.larger, 0U) << operation;
      EXPECT_LE(difference.share(), 1e-4) << operation;
    }
  }

  /// Runs images through both, node by node and whole, and compares the classes.
  static void check_classifier(const Graph& graph, const models::DatasetConfig& config,
                               std::size_t count) {
    const models::Dataset dataset = models::load_dataset(config);
    const models::InputEncoder encoder(graph);
    std::vector<std::vector<std::uint8_t>> images;
    for (std::size_t i = 0; i < count; ++i) images.push_back(encoder.encode(dataset, i));
    const std::vector<Verdict> verdicts = run(graph, images, GetParam());
    DifferenceByOperation node_by_node;
    Difference whole;
    std::size_t same_class = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const models::Inference ours = models::run_reference(graph, images[i]);
      add_node_by_node(graph, verdicts[i], node_by_node);
      EXPECT_LE(logit_error(graph, verdicts[i]), 1e-5);
      const auto& output = verdicts[i].output;
      const auto best = std::max_element(output.begin(), output.end()) - output.begin();
      same_class += models::classify(graph, ours.logits) == best ? 1 : 0;
      for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
        if (ours.codes[n].empty()) continue;
        const TensorId id = graph.nodes[n].output;
        whole.add(ours.codes[n],
                  channels_last(verdicts[i].codes[id.value()], graph.tensor(id).shape));
      }
    }
    check(node_by_node);
    print("whole network", whole);
    std::cout << fmt::format("{}: same class for {} of {} images\n", GetParam(), same_class, count);
    EXPECT_LE(whole.share(), 0.01);
    EXPECT_GE(same_class + count / 100, count);
  }
};

/// ONNX Runtime refuses poolings with as much padding as kernel.
bool is_refused(const Graph& graph) {
  return std::any_of(graph.nodes.begin(), graph.nodes.end(), [](const models::Node& node) {
    const auto* maximum = std::get_if<models::MaxPool>(&node.operation);
    const auto* average = std::get_if<models::AveragePool>(&node.operation);
    if (maximum == nullptr && average == nullptr) return false;
    const models::Window& w = maximum != nullptr ? maximum->window : average->window;
    return std::max(w.pad_top, w.pad_bottom) >= w.kernel_h ||
           std::max(w.pad_left, w.pad_right) >= w.kernel_w;
  });
}

TEST_P(OnnxRuntime, AgreesOnRandomNetworksNodeByNode) {
  test_support::RandomGraphLimits limits;
  limits.extreme_numbers = false;  // sums beyond int32 are ours to wrap
  limits.max_macs = 200'000;
  DifferenceByOperation difference;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const Graph graph = models::exportable_graph(seed, limits);
    if (is_refused(graph)) continue;
    const std::vector<std::vector<std::uint8_t>> images = {
        test_support::random_input(graph, seed), test_support::random_input(graph, seed + 1000)};
    for (const Verdict& verdict : run(graph, images, GetParam())) {
      DifferenceByOperation own;
      add_node_by_node(graph, verdict, own);
      EXPECT_LE(logit_error(graph, verdict), 1e-5) << "seed " << seed;
      for (const auto& [operation, d] : own) {
        EXPECT_EQ(d.larger, 0U) << "seed " << seed << ", " << operation << ": " << d.text();
        difference[operation].add(d);
      }
    }
  }
  check(difference);
  EXPECT_GE(difference.size(), 8U) << "some operations did not occur";
}

TEST_P(OnnxRuntime, AgreesOnTheShippedNetwork) {
  models::DatasetConfig config;
  if (!fs::exists(models::kFashionMnistFolder)) GTEST_SKIP() << "no Fashion-MNIST";
  config.pad_to = 32;
  check_classifier(
      models::load_onnx(fs::path(BROWNOUT_SOURCE_DIR) / "models/zoo/fashion_resnet.onnx"), config,
      100);
}

TEST_P(OnnxRuntime, AgreesOnAThirdPartyNetworkPerTensorAndPerChannel) {
  const auto data = test_support::shared_folder(BROWNOUT_SOURCE_DIR, "data");
  if (!data || !fs::exists(*data / "cifar10")) GTEST_SKIP() << "no third-party network at hand";
  const fs::path folder =
      fs::temp_directory_path() / ("brownout_judged_" + std::to_string(getpid()));
  const std::string unpack = fmt::format("sh '{0}/unpack.sh' '{0}/cifar10/test_batch.med.xz' '{1}'",
                                         data->string(), folder.string());
  ASSERT_EQ(std::system(unpack.c_str()), 0);
  model::QuantizeNetworkConfig config;
  config.network = *data / "weights/onnx/resnet20.onnx";
  config.output = folder / "integers.onnx";
  config.calibration.dataset.kind = models::DatasetConfig::Kind::kCifar10;
  config.calibration.dataset.folder = folder;
  config.calibration.images = 64;
  for (const bool per_channel : {false, true}) {
    config.weights.per_channel = per_channel;
    static_cast<void>(model::quantize_network(config, [](const std::string&) {}));
    check_classifier(models::load_onnx(config.output), config.calibration.dataset, 25);
  }
  fs::remove_all(folder);
}

INSTANTIATE_TEST_SUITE_P(Optimisation, OnnxRuntime, testing::ValuesIn(kOptimisations),
                         [](const auto& level) { return std::string(level.param); });

}  // namespace
}  // namespace brownout::judge
