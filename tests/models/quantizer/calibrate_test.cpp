// SPDX-License-Identifier: Apache-2.0
#include "models/quantizer/calibrate.h"

#include <gtest/gtest.h>

#include "sim/core/error.h"

namespace brownout::models {
namespace {

/// Doubles its image of 1 x 1 x 101.
FloatNetwork doubling_network() {
  FloatNetwork network;
  network.input = {1, 1, 101};
  network.preprocessing = {{0.5}, {0.25}};
  network.nodes.push_back({"double", FloatAdd{}, {0, 0}});
  return network;
}

/// -50, -49, ... 50.
std::vector<float> ramp() {
  std::vector<float> values;
  for (int i = -50; i <= 50; ++i) values.push_back(static_cast<float>(i));
  return values;
}

TEST(ActivationCoding, CoversTheRangeWithAnExactZero) {
  const ActivationCoding coding = activation_coding({-1.0, 4.1});
  EXPECT_EQ(coding.zero_point, 50);
  EXPECT_NEAR(coding.scale, 0.02, 1e-8);
  EXPECT_EQ(coding.scale, static_cast<double>(static_cast<float>(coding.scale)));
}

TEST(ActivationCoding, AnInputWithoutNegativesHasZeroPointZero) {
  EXPECT_EQ(activation_coding({0.0, 7.0}).zero_point, 0);
  EXPECT_EQ(activation_coding({3.0, 7.0}).zero_point, 0);
  EXPECT_EQ(activation_coding({-7.0, -3.0}).zero_point, 255);
}

TEST(ActivationCoding, AConstantZeroHasAUsableScale) {
  EXPECT_GT(activation_coding({0.0, 0.0}).scale, 0.0);
}

TEST(Calibrator, ImageRangeIsThatOfTheBytes) {
  const Range range = image_range({{0.5, 0.2}, {0.25, 0.5}});
  EXPECT_DOUBLE_EQ(range.lowest, -2.0);
  EXPECT_DOUBLE_EQ(range.highest, 2.0);
}

TEST(Calibrator, AHundredMeansMinimumAndMaximum) {
  const FloatNetwork network = doubling_network();
  Calibrator calibrator(network, {RangeChoice::Method::kMinMax, 100.0});
  calibrator.add(ramp());
  calibrator.add(std::vector<float>(101, 60.0F));
  EXPECT_EQ(calibrator.ranges().at(1).lowest, -100.0);
  EXPECT_EQ(calibrator.ranges().at(1).highest, 120.0);
  EXPECT_EQ(calibrator.ranges().at(0).lowest, -2.0);
}

TEST(Calibrator, APercentileLeavesOutThatShareAtEitherEnd) {
  const FloatNetwork network = doubling_network();
  Calibrator calibrator(network,
                        {RangeChoice::Method::kPercentile, 94.9});  // skips 5 of 101 at either end
  calibrator.add(ramp());
  EXPECT_EQ(calibrator.ranges().at(1).lowest, -90.0);
  EXPECT_EQ(calibrator.ranges().at(1).highest, 90.0);
}

TEST(Calibrator, RejectsNonsense) {
  const FloatNetwork network = doubling_network();
  using Method = RangeChoice::Method;
  EXPECT_THROW(Calibrator(network, {Method::kPercentile, 50.0}), InputError);
  EXPECT_THROW(Calibrator(network, {Method::kPercentile, 100.1}), InputError);
  EXPECT_THROW(static_cast<void>(Calibrator(network, {}).ranges()), InputError);
}

}  // namespace
}  // namespace brownout::models
