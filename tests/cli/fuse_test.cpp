// SPDX-License-Identifier: Apache-2.0
// A generator in front of a network by command: placements, sweeps, traces and what is refused.
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "models/onnx/export.h"
#include "models/quantizer/calibrate.h"
#include "models/quantizer/quantize.h"
#include "tests/cli/cli_fixture.h"

namespace brownout::cli_test {
namespace {

constexpr int kExtent = 28;

/// A convolution and tanh over images of `extent` x `extent`.
models::Graph small_generator(int extent) {
  models::FloatNetwork network;
  network.name = "generator";
  network.input = {1, extent, extent};
  network.preprocessing = {{0.5}, {0.25}};
  network.nodes = {
      {"conv", models::FloatConv{}, {0}},
      {"tanh", models::FloatFunction{"Tanh", [](double x) { return std::tanh(x); }}, {1}}};
  auto& conv = std::get<models::FloatConv>(network.nodes[0].operation);
  conv.window.kernel_h = conv.window.kernel_w = 3;
  conv.window.pad_top = conv.window.pad_left = conv.window.pad_bottom = conv.window.pad_right = 1;
  conv.outputs = 1;
  conv.weights = {0.1F, -0.2F, 0.05F, 0.3F, -0.4F, 0.2F, -0.1F, 0.15F, 0.1F};
  models::Calibrator calibrator(network, {models::RangeChoice::Method::kMinMax, 100});
  for (int i = 0; i < 4; ++i) {
    std::vector<float> image(static_cast<std::size_t>(extent * extent));
    for (std::size_t j = 0; j < image.size(); ++j) {
      image[j] = static_cast<float>(std::sin(static_cast<double>(j) * (i + 1)) * 2);
    }
    calibrator.add(image);
  }
  return models::quantize(network, calibrator.ranges(), {});
}

class FuseTest : public CliTest {
 protected:
  FuseTest() {
    models::save_onnx(small_generator(kExtent), folder() / "g.onnx");
    models::save_onnx(small_generator(24), folder() / "small_g.onnx");
    write("f.yaml",
          "include: a.yaml\n"
          "rails: {weights: {ramp: {time_per_vmin: 10 us, energy_at_vmin: 5 nJ, source: none}}}\n"
          "fuse:\n"
          "  generator: g.onnx\n"
          "  host: {time: 20 us, energy: 3 uJ, source: none}\n"
          "  handover: {bytes_per_cycle: 8, energy_per_byte: 1 pJ, source: none}\n"
          "  placement: array\n");
    write("v.yaml",
          "include: f.yaml\n"
          "variants:\n"
          "  - {name: none, set: [fuse.placement=none]}\n"
          "  - {name: array}\n"
          "  - {name: dedicated, set: [fuse.placement=dedicated]}\n"
          "  - {name: host, set: [fuse.placement=host]}\n");
  }

  /// A column of a CSV file without quoted fields, its title left out.
  [[nodiscard]] std::vector<std::string> column(const std::string& file,
                                                const std::string& title) const {
    std::vector<std::string> values;
    std::size_t index = 0;
    const std::string text = read(file);
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = text.find('\n', begin);
      const std::vector<std::string> fields = split(text.substr(begin, end - begin));
      if (begin == 0) {
        while (index < fields.size() && fields[index] != title) ++index;
      } else {
        values.push_back(fields.at(index));
      }
      begin = end + 1;
    }
    return values;
  }

 private:
  static std::vector<std::string> split(const std::string& line) {
    std::vector<std::string> fields(1);
    for (const char letter : line) {
      if (letter == ',') {
        fields.emplace_back();
      } else {
        fields.back() += letter;
      }
    }
    return fields;
  }
};

TEST_F(FuseTest, BothEnginesAgreeWhereverTheGeneratorRuns) {
  for (const char* placement : {"array", "dedicated", "host"}) {
    const Outcome outcome = run(
        {"run", "f.yaml", "--engine", "both", "--set", std::string("fuse.placement=") + placement});
    ASSERT_EQ(outcome.exit_code, 0) << placement << outcome.errors;
    EXPECT_NE(outcome.output.find("both engines agree: 4 images"), std::string::npos);
    EXPECT_NE(outcome.output.find("generator         g on "), std::string::npos) << outcome.output;
  }
}

TEST_F(FuseTest, WithAndWithoutAreVariantsOfOneSweep) {
  const Outcome outcome = run({"sweep", "v.yaml", "--out", "v"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  // Without generator it is the sweep that never heard of one.
  ASSERT_EQ(run({"sweep", "a.yaml", "--out", "a"}).exit_code, 0);
  EXPECT_EQ(read("v/none/points.csv"), read("a/points.csv"));
  // The same images on the same chips: who computes them makes no difference.
  const auto correct = column("v/array/points.csv", "correct");
  EXPECT_EQ(column("v/dedicated/points.csv", "correct"), correct);
  EXPECT_EQ(column("v/host/points.csv", "correct"), correct);
  EXPECT_NE(column("v/none/points.csv", "correct"), correct);
  for (const char* placement : {"array", "dedicated", "host"}) {
    const std::string file = std::string("v/") + placement + "/points.csv";
    for (const std::string& found : column(file, "placement")) EXPECT_EQ(found, placement);
    for (const std::string& pj : column(file, "generator_energy_pj_total")) {
      EXPECT_GT(std::stod(pj), 0) << placement;
    }
  }
  EXPECT_NE(read("v/array/layers.csv").find("fuse/conv"), std::string::npos);
  EXPECT_NE(read("v/dedicated/layers.csv").find("fuse/handover"), std::string::npos);
  EXPECT_NE(read("v/host/layers.csv").find("fuse/host"), std::string::npos);
  const auto alone = column("v/none/points.csv", "time_us");
  const auto pipelined = column("v/dedicated/points.csv", "pipelined_us");
  const auto whole = column("v/dedicated/points.csv", "time_us");
  EXPECT_GE(std::stod(pipelined.back()), std::stod(alone.back()));
  EXPECT_LT(std::stod(pipelined.back()), std::stod(whole.back()));
}

TEST_F(FuseTest, TracesNameTheGeneratorsLayers) {
  ASSERT_EQ(run({"trace", "f.yaml", "--image", "1", "--perfetto", "p.json"}).exit_code, 0);
  EXPECT_NE(read("p.json").find("fuse/add"), std::string::npos);
  EXPECT_NE(read("p.json").find("classifier"), std::string::npos);
  ASSERT_EQ(run({"trace", "f.yaml", "--image", "1", "--perfetto", "d.json", "--set",
                 "fuse.placement=dedicated"})
                .exit_code,
            0);
  EXPECT_EQ(read("d.json").find("fuse/add"), std::string::npos);
}

TEST_F(FuseTest, AnUntrainedNetworkIsTimedBehindAnUntrainedGenerator) {
  const Outcome outcome = run({"run", "f.yaml", "--set", "network={zoo: vgg11}", "--set",
                               "fuse.generator={zoo: conv_s}", "--set", "fuse.placement=dedicated",
                               "--set", "accelerator.array.body=block"});
  ASSERT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_NE(outcome.output.find("conv_s on an array of its own"), std::string::npos);
}

TEST_F(FuseTest, WhatCannotBeIsNamed) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"fuse.generator=nowhere.onnx", "no such file"},
      {"fuse.generator=small_g.onnx", "found an input of 1 x 24 x 24"},
      {"fuse.generator=small.onnx", "gives 10 x 1 x 1"},
      {"fuse.generator={zoo: conv_s}", "height and width multiples of 8"},
      {"fuse.generator={zoo: vgg11}", "allowed: conv_l"},
      {"fuse.placement=roof", "array, dedicated, host"},
      {"fuse.output=other", "perturbation"},
      {"fuse.rails.wights={voltage: 1 Vmin}", "did you mean 'weights'"},
      {"fuse.rails.weights={voltage: 3 Vmin}", "3 Vmin"},
      {"rails.activations.voltage=0.9 Vmin", "no rails.activations.ramp"},
      {"fuse.placment=host", "placement"},
      {"fuse.host.energy=3 m", "fuse.host.energy"}};
  for (const auto& [override, message] : cases) {
    const Outcome outcome = run({"run", "f.yaml", "--set", override});
    EXPECT_EQ(outcome.exit_code, 2) << override << outcome.output;
    EXPECT_NE(outcome.errors.find(message), std::string::npos) << override << outcome.errors;
  }
}

}  // namespace
}  // namespace brownout::cli_test
