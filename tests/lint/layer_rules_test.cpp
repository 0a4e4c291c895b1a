// SPDX-License-Identifier: Apache-2.0
#include "tests/lint/layer_rules.h"

#include <gtest/gtest.h>

namespace brownout::lint {
namespace {

SourceFile including(const std::string& path, const std::string& target) {
  return {path, "#include \"" + target + "\"\n"};
}

bool is_allowed(const std::string& path, const std::string& target) {
  return check_layers(including(path, target)).empty();
}

TEST(Layers, AllowOwnFolderAndLowerOnes) {
  EXPECT_TRUE(is_allowed("sim/core/a.cpp", "sim/core/a.h"));
  EXPECT_TRUE(is_allowed("traces/a.h", "sim/core/units.h"));
  EXPECT_TRUE(is_allowed("models/onnx/a.cpp", "models/graph.h"));
  EXPECT_TRUE(is_allowed("memory/a.h", "traces/event.h"));
  EXPECT_TRUE(is_allowed("accel/a.h", "memory/sram_group.h"));
  EXPECT_TRUE(is_allowed("fuse/a.h", "accel/program.h"));
  EXPECT_TRUE(is_allowed("sim/report/a.h", "sim/sweep/result.h"));
  EXPECT_TRUE(is_allowed("sim/cli/a.cpp", "sim/report/html.h"));
}

TEST(Layers, RefuseHigherAndNeighbouringOnes) {
  EXPECT_FALSE(is_allowed("sim/core/a.h", "sim/config/reader.h"));
  EXPECT_FALSE(is_allowed("sim/config/a.h", "traces/event.h"));
  EXPECT_FALSE(is_allowed("traces/a.h", "sim/config/reader.h"));
  EXPECT_FALSE(is_allowed("models/onnx/a.cpp", "memory/chip.h"));
  EXPECT_FALSE(is_allowed("memory/a.h", "models/graph.h"));
  EXPECT_FALSE(is_allowed("accel/a.h", "fuse/generator.h"));
  EXPECT_FALSE(is_allowed("fuse/a.h", "sim/sweep/result.h"));
  EXPECT_FALSE(is_allowed("sim/sweep/a.h", "sim/report/html.h"));
  EXPECT_FALSE(is_allowed("sim/report/a.h", "sim/cli/main.h"));
}

TEST(Layers, NameTheLineAndBothFolders) {
  EXPECT_EQ(check_layers({"memory/a.h", "\n#include <models/graph.h>\n"}),
            Findings{"memory/a.h:2: includes models/graph.h: memory may not use models"});
}

TEST(Layers, KeepTestsOutOfWhatShips) {
  EXPECT_FALSE(is_allowed("accel/a.cpp", "tests/accel/stub.h"));
  EXPECT_FALSE(is_allowed("accel/a.cpp", "bench/timer.h"));
  EXPECT_TRUE(is_allowed("tests/accel/a_test.cpp", "tests/accel/stub.h"));
  EXPECT_TRUE(is_allowed("tests/core/a_test.cpp", "sim/cli/main.h"));
}

TEST(Layers, WantPathsFromTheRootAndAPlaceForEveryFolder) {
  EXPECT_FALSE(is_allowed("accel/a.cpp", "array.h"));
  EXPECT_FALSE(is_allowed("accel/a.cpp", "../memory/chip.h"));
  EXPECT_FALSE(is_allowed("tests/accel/a_test.cpp", "stub.h"));
  EXPECT_FALSE(is_allowed("sim/extra/a.cpp", "sim/core/units.h"));
  EXPECT_TRUE(check_layers({"accel/a.cpp", "#include <systemc>\n#include <vector>\n"}).empty());
}

TEST(FolderCycles, AreFoundThroughSeveralFolders) {
  EXPECT_EQ(check_folder_cycles({including("a/x.h", "b/y.h"), including("b/y.h", "c/z.h"),
                                 including("c/z.h", "a/w.h")}),
            Findings{"folders include each other: a -> b -> c -> a"});
}

TEST(FolderCycles, AreFoundBetweenAFolderAndItsSubfolder) {
  EXPECT_EQ(check_folder_cycles({including("models/x.h", "models/onnx/y.h"),
                                 including("models/onnx/y.h", "models/z.h")}),
            Findings{"folders include each other: models -> models/onnx -> models"});
}

TEST(FolderCycles, AreNotSeenInADiamond) {
  EXPECT_TRUE(check_folder_cycles({including("d/x.h", "b/y.h"), including("d/x.h", "c/y.h"),
                                   including("b/y.h", "a/z.h"), including("c/y.h", "a/z.h"),
                                   including("a/z.h", "a/w.h")})
                  .empty());
}

}  // namespace
}  // namespace brownout::lint
