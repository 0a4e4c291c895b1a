// SPDX-License-Identifier: Apache-2.0
#include "sim/config/includes.h"

#include <fmt/format.h>

#include "tests/config/config_fixture.h"

namespace brownout::config {
namespace {

class IncludesTest : public ConfigTest {};

TEST_F(IncludesTest, LocalKeysOverrideAndListsGoInOrder) {
  write("sub/b.yaml", "x: 1\ny: 2\nz: {p: 1, q: 2}\n");
  write("sub/c.yaml", "y: 3\n");
  EXPECT_EQ(findings("include: [sub/b.yaml, sub/c.yaml]\nz: {q: 5}\nw: 7\n",
                     [](Section root) {
                       EXPECT_EQ(root.integer("x", "X", anything()), 1);
                       EXPECT_EQ(root.integer("y", "Y", anything()), 3);
                       EXPECT_EQ(root.integer("w", "W", anything()), 7);
                       Section z = root.section("z", "Z");
                       EXPECT_EQ(z.integer("p", "P", anything()), 1);
                       EXPECT_EQ(z.integer("q", "Q", anything()), 5);
                     }),
            "");
}

TEST_F(IncludesTest, AtAnyLevelWithPlacesAndPathsOfTheIncludedFile) {
  write("sub/b.yaml", "include: deep/c.yaml\nrows: x\ndata: d.csv\n");
  write("sub/deep/c.yaml", "cols: y\n");
  std::filesystem::path data;
  EXPECT_EQ(findings("list:\n  - include: sub/b.yaml\n    own: z\n",
                     [&](Section root) {
                       Section item = root.sections("list", "items").at(0);
                       for (const char* key : {"rows", "cols", "own"}) {
                         (void)item.integer(key, "N", anything());
                       }
                       data = item.path("data", "file");
                     }),
            "a.yaml:3:10: list.0.own: found 'z', allowed: integer\n"
            "sub/b.yaml:2:7: list.0.rows: found 'x', allowed: integer\n"
            "sub/deep/c.yaml:1:7: list.0.cols: found 'y', allowed: integer");
  EXPECT_EQ(data, folder() / "sub/d.csv");
}

TEST_F(IncludesTest, MissingFilesFoldersAndWrongValuesAreErrorsAllAtOnce) {
  std::filesystem::create_directories(folder() / "dir");
  write("bad.yaml", "- 1\n");
  EXPECT_EQ(
      findings("a:\n  include: none.yaml\nb:\n  include: [dir, bad.yaml]\nc:\n  include: {}\n",
               read_nothing),
      "a.yaml:2:12: a.include: found 'none.yaml', which cannot be read (No such file or "
      "directory), allowed: a YAML file\n"
      "a.yaml:4:13: b.include: found 'dir', which cannot be read (it is a folder), allowed: a "
      "YAML file\n"
      "a.yaml:6:12: c.include: found a mapping, allowed: a file name or a list of file names\n"
      "bad.yaml:1:1: b: found a list, allowed: a mapping of keys");
}

TEST_F(IncludesTest, CyclesAreShown) {
  write("b.yaml", "x:\n  include: a.yaml\n");
  EXPECT_EQ(
      findings("include: b.yaml\n", read_nothing),
      "b.yaml:2:12: x.include: found a cycle of includes a.yaml -> b.yaml -> a.yaml, allowed: "
      "none");
  EXPECT_EQ(findings("include: ./a.yaml\n", read_nothing),
            "a.yaml:1:10: include: found a cycle of includes a.yaml -> a.yaml, allowed: none");
}

TEST_F(IncludesTest, TheSameFileTwiceIsNoCycle) {
  write("b.yaml", "n: 1\n");
  EXPECT_EQ(findings("x: {include: b.yaml}\ny: {include: b.yaml}\n",
                     [](Section root) {
                       EXPECT_EQ(root.section("x", "X").integer("n", "N", anything()), 1);
                       EXPECT_EQ(root.section("y", "Y").integer("n", "N", anything()), 1);
                     }),
            "");
}

TEST_F(IncludesTest, DoublingIncludesAreStopped) {
  for (int i = 0; i < 30; ++i) {
    write(fmt::format("b{}.yaml", i), fmt::format("include: [b{0}.yaml, b{0}.yaml]\n", i + 1));
  }
  write("b30.yaml", "{}\n");
  EXPECT_NE(findings("include: b0.yaml\n", read_nothing).find("more than 1000 files"),
            std::string::npos);
}

TEST_F(IncludesTest, DuplicatesWithinTheIncludedFileAreErrors) {
  write("b.yaml", "n: 1\nn: 2\n");
  EXPECT_EQ(findings("x:\n  include: b.yaml\n  n: 3\n",
                     [](Section root) {
                       EXPECT_EQ(root.section("x", "X").integer("n", "N", anything()), 3);
                     }),
            "b.yaml:2:1: x.n: given again, first at b.yaml:1:1, allowed: once");
}

TEST_F(IncludesTest, UnreadableRoots) {
  EXPECT_EQ(findings_with({}, read_nothing).substr(0, 8), "a.yaml: ");
  std::filesystem::create_directories(folder() / "a.yaml");
  EXPECT_NE(findings_with({}, read_nothing).find("(it is a folder)"), std::string::npos);
}

TEST_F(IncludesTest, HugeFilesAreRefused) {
  const std::string found = findings(std::string((std::size_t{16} << 20) + 1, ' '), read_nothing);
  EXPECT_NE(found.find("(it is larger than 16 MiB)"), std::string::npos) << found.substr(0, 200);
}

}  // namespace
}  // namespace brownout::config
