// SPDX-License-Identifier: Apache-2.0
#include "tests/lint/source_file.h"

#include <gtest/gtest.h>

namespace brownout::lint {
namespace {

TEST(CodeOnly, BlanksCommentsAndKeepsLines) {
  EXPECT_EQ(code_only("a; // new\nb;"), "a;       \nb;");
  EXPECT_EQ(code_only("a /* x\ny */ b"), "a     \n     b");
  EXPECT_EQ(code_only("a; // open"), "a;        ");
  EXPECT_EQ(code_only("a /* open"), "a        ");
}

TEST(CodeOnly, BlanksLiterals) {
  EXPECT_EQ(code_only("f(\"exit(1)\", 'x');"), "f(         ,    );");
  EXPECT_EQ(code_only("\"a\\\"b\" c"), "       c");
  EXPECT_EQ(code_only("'\\'' c"), "     c");
  EXPECT_EQ(code_only("R\"x(a)\" )x\" c"), "            c");
}

TEST(CodeOnly, IsNotFooledByMarksInsideEachOther) {
  EXPECT_EQ(code_only("\"//\" c"), "     c");
  EXPECT_EQ(code_only("// \" \nc"), "     \nc");
  EXPECT_EQ(code_only("1'000 + new_x"), "1'000 + new_x");
}

TEST(LinesOf, CountsALastLineWithAndWithoutNewline) {
  EXPECT_EQ(lines_of(""), std::vector<std::string>{});
  EXPECT_EQ(lines_of("a\n\nb"), (std::vector<std::string>{"a", "", "b"}));
  EXPECT_EQ(lines_of("a\nb\n"), (std::vector<std::string>{"a", "b"}));
}

TEST(IncludesOf, FindsBothKinds) {
  const std::vector<Include> includes =
      includes_of({"a.h", "#include <vector>\n\n #  include \"sim/core/units.h\"  // why\n"});
  ASSERT_EQ(includes.size(), 2U);
  EXPECT_EQ(includes[0].target, "vector");
  EXPECT_FALSE(includes[0].quoted);
  EXPECT_EQ(includes[1].target, "sim/core/units.h");
  EXPECT_TRUE(includes[1].quoted);
  EXPECT_EQ(includes[1].line, 3U);
}

TEST(IncludesOf, IgnoresCommentedOnes) {
  EXPECT_TRUE(includes_of({"a.h", "// #include \"fuse/x.h\"\n"}).empty());
}

TEST(Paths, AreSorted) {
  EXPECT_EQ(folder_of("models/onnx/import.h"), "models/onnx");
  EXPECT_EQ(folder_of("CMakeLists.txt"), "");
  EXPECT_TRUE(is_production("accel/array.cpp"));
  EXPECT_FALSE(is_production("accel/README.md"));
  EXPECT_FALSE(is_production("tests/accel/array_test.cpp"));
  EXPECT_FALSE(is_production("bench/array_bench.cpp"));
}

}  // namespace
}  // namespace brownout::lint
