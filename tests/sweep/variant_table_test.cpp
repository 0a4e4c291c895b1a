// SPDX-License-Identifier: Apache-2.0
// Variants side by side: what is written is read back, and the cheapest good one is found.
#include "sim/sweep/variant_table.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "sim/core/error.h"
#include "tests/sweep/variant_points.h"

namespace brownout::sweep {
namespace {

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
  points[2].pareto = true;
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
}

}  // namespace
}  // namespace brownout::sweep
