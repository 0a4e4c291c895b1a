// SPDX-License-Identifier: Apache-2.0
// Variants side by side: what is written is read back, and who is on the Pareto front.
#include "sim/sweep/variant_table.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>

#include "sim/core/error.h"

namespace brownout::sweep {
namespace {

VariantPoint point(const std::string& variant, double voltage, double mean, double energy) {
  VariantPoint p;
  p.variant = variant;
  p.voltage = VminRatio(voltage);
  p.chips = 3;
  p.images = 50;
  p.mean = mean;
  p.deviation = 0.01;
  p.lowest = mean - 0.02;
  p.highest = mean + 0.02;
  p.cycles = Cycles(1234);
  p.time = Picoseconds(1.5e6);
  p.energy = Picojoules(energy);
  p.buffers = Picojoules(energy / 3);
  p.buffer_bits = 4096;
  return p;
}

VariantPoint reference(const std::string& variant, double mean, double energy) {
  VariantPoint p = point(variant, 1, mean, energy);
  p.is_reference = true;
  return p;
}

class VariantFile : public ::testing::Test {
 protected:
  VariantFile()
      : path_((std::filesystem::temp_directory_path() /
               ("variants_" + std::to_string(::getpid()) + ".csv"))
                  .string()) {}
  ~VariantFile() override { std::filesystem::remove(path_); }
  std::string path_;
};

TEST_F(VariantFile, IsReadBackAsWritten) {
  std::vector<VariantPoint> points = {reference("none", 0.9, 100), point("none", 0.9, 0.7, 80),
                                      point("a+b", 0.9, 0.8999999999, 1.0 / 3)};
  mark_pareto(points);
  write_variants(path_, points);
  const auto again = read_variant_points(path_);
  ASSERT_EQ(again.size(), points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    EXPECT_EQ(again[i].variant, points[i].variant);
    EXPECT_EQ(again[i].is_reference, points[i].is_reference);
    EXPECT_EQ(again[i].voltage, points[i].voltage);
    EXPECT_EQ(again[i].chips, points[i].chips);
    EXPECT_EQ(again[i].images, points[i].images);
    EXPECT_EQ(again[i].mean, points[i].mean);
    EXPECT_EQ(again[i].deviation, points[i].deviation);
    EXPECT_EQ(again[i].lowest, points[i].lowest);
    EXPECT_EQ(again[i].highest, points[i].highest);
    EXPECT_EQ(again[i].cycles, points[i].cycles);
    EXPECT_EQ(again[i].time, points[i].time);
    EXPECT_EQ(again[i].energy, points[i].energy);
    EXPECT_EQ(again[i].buffers, points[i].buffers);
    EXPECT_EQ(again[i].buffer_bits, points[i].buffer_bits);
    EXPECT_EQ(again[i].pareto, points[i].pareto);
  }
}

TEST_F(VariantFile, DamageIsNamed) {
  write_variants(path_, {point("none", 0.9, 0.7, 80)});
  std::ifstream in(path_);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  text.replace(text.find("sweep"), 5, "swept");
  std::ofstream(path_) << text;
  try {
    static_cast<void>(read_variant_points(path_));
    FAIL() << "a wrong role was read";
  } catch (const InputError& error) {
    EXPECT_EQ(std::string(error.what()).rfind(path_ + ":2: ", 0), 0U) << error.what();
    EXPECT_NE(std::string(error.what()).find("sweep or nominal"), std::string::npos)
        << error.what();
  }
}

TEST(VariantPoints, OnTheFrontAreThoseNoOtherBeats) {
  std::mt19937_64 random(4);
  for (int round = 0; round < 200; ++round) {
    std::vector<VariantPoint> points = {reference("none", 1, 1)};
    const int count = 1 + static_cast<int>(random() % 12);
    for (int i = 0; i < count; ++i) {
      points.push_back(point("v", 0.9, 0.1 * static_cast<double>(random() % 6),
                             static_cast<double>(random() % 6)));
    }
    mark_pareto(points);
    EXPECT_FALSE(points.front().pareto) << "a reference is no point of the sweep";
    int front = 0;
    for (std::size_t i = 1; i < points.size(); ++i) {
      bool beaten = false;
      for (std::size_t j = 1; j < points.size(); ++j) {
        const bool no_worse =
            points[j].mean >= points[i].mean && points[j].energy <= points[i].energy;
        const bool differs =
            points[j].mean != points[i].mean || points[j].energy != points[i].energy;
        beaten = beaten || (no_worse && differs);
      }
      EXPECT_EQ(points[i].pareto, !beaten);
      if (points[i].pareto) ++front;
    }
    EXPECT_GT(front, 0);
  }
}

TEST(VariantPoints, TheCheapestGoodOneIsComparedWithTheFirstVariantsReference) {
  const std::vector<VariantPoint> points = {
      reference("none", 0.9, 100), point("none", 1, 0.9, 100),  point("none", 0.9, 0.895, 90),
      point("none", 0.8, 0.5, 80), reference("code", 0.9, 120), point("code", 0.8, 0.894, 95),
      point("code", 0.7, 0.2, 60), reference("clip", 0.8, 70),  point("clip", 0.9, 0.8, 60)};
  const auto curves = curves_of(points);
  ASSERT_EQ(curves.size(), 3U);
  EXPECT_EQ(curves[1].name, "code");
  EXPECT_EQ(curves[1].points.size(), 2U);
  EXPECT_EQ(cheapest(curves[0], curves[0], 0.01), &points[2]);
  EXPECT_EQ(cheapest(curves[1], curves[0], 0.01), &points[5]);
  EXPECT_EQ(cheapest(curves[2], curves[0], 0.01), nullptr);
  EXPECT_NE(variants_text(points).find("code"), std::string::npos);
}

}  // namespace
}  // namespace brownout::sweep
