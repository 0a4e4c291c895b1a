// SPDX-License-Identifier: Apache-2.0
// Overrides from the command line.
#include "sim/config/loader.h"

#include "tests/config/config_fixture.h"

namespace brownout::config {
namespace {

class OverridesTest : public ConfigTest {
 protected:
  OverridesTest() { write("a.yaml", "accel:\n  rows: 8\n  sizes: [1, 2, 3]\n"); }

  static void read(Section root) {
    Section accel = root.section("accel", "the accelerator");
    (void)accel.integer("rows", "rows", between(1, 64));
    (void)accel.integers("sizes", "sizes", anything());
  }
};

TEST_F(OverridesTest, LaterOnesWinAndReachIntoLists) {
  EXPECT_EQ(findings_with({"accel.rows=16", "accel.rows=32", "accel.sizes.1=9"},
                          [](Section root) {
                            Section accel = root.section("accel", "A");
                            EXPECT_EQ(accel.integer("rows", "R", anything()), 32);
                            EXPECT_EQ(accel.integers("sizes", "S", anything()),
                                      (std::vector<std::int64_t>{1, 9, 3}));
                          }),
            "");
}

TEST_F(OverridesTest, WrongValuesNameTheOverride) {
  EXPECT_EQ(findings_with({"accel.rows=x"}, read),
            "--set accel.rows: accel.rows: found 'x', allowed: integer from 1 to 64");
  EXPECT_EQ(findings_with({"accel.rows="}, read),
            "--set accel.rows: accel.rows: found nothing, allowed: integer from 1 to 64");
  EXPECT_EQ(
      findings_with({"accel.rows=[1"}, read),
      "--set accel.rows: accel.rows: cannot be parsed as YAML: end of sequence flow not found");
}

TEST_F(OverridesTest, UnknownPathsAreUnknownKeys) {
  EXPECT_EQ(
      findings_with({"accel.rwos=3", "accle.rows=3"}, read),
      "--set accel.rwos: accel.rwos: unknown key, allowed: rows, sizes, did you mean 'rows'?\n"
      "--set accle.rows: accle: unknown key, allowed: accel, did you mean 'accel'?");
}

TEST_F(OverridesTest, IndicesMustExist) {
  EXPECT_EQ(findings_with({"accel.sizes.3=1"}, read),
            "--set accel.sizes.3: accel.sizes: found index '3' of a list of 3, allowed: a number "
            "below 3");
}

TEST_F(OverridesTest, MalformedOnesAreErrors) {
  for (const char* text : {"accel.rows", "=3", "", ".a=1", "a.=1", "a..b=1"}) {
    EXPECT_NE(findings_with({text}, read).find("', allowed: path.to.key=value"), std::string::npos)
        << text;
  }
}

TEST_F(OverridesTest, ValuesMayBeListsMappingsAndReplaceOtherKinds) {
  EXPECT_EQ(findings_with({"accel.sizes={a: 1}", "accel={rows: 5}"},
                          [](Section root) {
                            Section accel = root.section("accel", "A");
                            EXPECT_EQ(accel.integer("rows", "R", anything()), 5);
                            EXPECT_EQ(accel.section("sizes", "S").integer("a", "A", anything()), 1);
                          }),
            "");
}

TEST_F(OverridesTest, KeysWithDotsAreReached) {
  write("a.yaml", "layers:\n  conv1.weight: {bits: 8}\n");
  EXPECT_EQ(findings_with({"layers.conv1.weight.bits=4"},
                          [](Section root) {
                            auto layers = root.named_sections("layers", "L");
                            ASSERT_EQ(layers.size(), 1U);
                            EXPECT_EQ(layers[0].second.integer("bits", "B", anything()), 4);
                          }),
            "");
}

TEST_F(OverridesTest, AMissingKeyIsReportedInTheFileEvenIfAnOverrideTouchedItsSection) {
  write("a.yaml", "accel:\n  sizes: []\n");
  EXPECT_EQ(findings_with({"accel.sizes=[1]"}, read),
            "a.yaml:1:1: accel.rows: missing, required: integer from 1 to 64 (rows)");
}

TEST_F(OverridesTest, PathsAreRelativeToTheWorkingDirectory) {
  EXPECT_EQ(findings_with({"data=d.csv"},
                          [](Section root) {
                            read(root);
                            EXPECT_EQ(root.path("data", "D"),
                                      std::filesystem::current_path() / "d.csv");
                          }),
            "");
}

}  // namespace
}  // namespace brownout::config
