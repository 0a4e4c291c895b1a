// SPDX-License-Identifier: Apache-2.0
#include "sim/config/parser.h"

#include <fmt/format.h>

#include "tests/config/config_fixture.h"

namespace brownout::config {
namespace {

std::string repeated(const std::string& piece, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += piece;
  return text;
}

class ParserTest : public ConfigTest {
 protected:
  std::string parse(const std::string& text) const { return findings(text, read_nothing); }
};

TEST_F(ParserTest, DuplicateKeysAreErrorsAtTheSecond) {
  EXPECT_EQ(findings("a: 1\nb:\n  c: 1\n  c: 2\na: 3\n",
                     [](Section root) {
                       EXPECT_EQ(root.integer("a", "A", anything()), 1);
                       Section b = root.section("b", "B");
                       EXPECT_EQ(b.integer("c", "C", anything()), 1);
                     }),
            "a.yaml:4:3: b.c: given again, first at a.yaml:3:3, allowed: once\n"
            "a.yaml:5:1: a: given again, first at a.yaml:1:1, allowed: once");
}

TEST_F(ParserTest, SyntaxErrorsHaveAPlace) {
  EXPECT_EQ(parse("a: 1\nb: c: d\n"), "a.yaml:2:5: cannot be parsed as YAML: illegal map value");
  EXPECT_EQ(parse("a: [1, 2\n"),
            "a.yaml:2:1: cannot be parsed as YAML: end of sequence flow not found");
  EXPECT_EQ(parse("a: 'x"), "a.yaml:1:6: cannot be parsed as YAML: illegal EOF in scalar");
  EXPECT_EQ(parse("a: *x\n"),
            "a.yaml:1:4: cannot be parsed as YAML: the referenced anchor is not defined");
}

TEST_F(ParserTest, TheRootIsOneMapping) {
  EXPECT_EQ(parse("- a\n"), "a.yaml:1:1: found a list, allowed: a mapping of keys");
  EXPECT_EQ(parse("abc\n"), "a.yaml:1:1: found 'abc', allowed: a mapping of keys");
  EXPECT_EQ(parse("# nothing\n"), "a.yaml: found nothing, allowed: a mapping of keys");
  EXPECT_EQ(parse(""), "a.yaml: found nothing, allowed: a mapping of keys");
  EXPECT_EQ(parse("{}\n---\n{}\n"),
            "a.yaml:2:1: cannot be parsed as YAML: a second document begins here");
}

TEST_F(ParserTest, TextMustBeUtf8WithoutControlsAndTabIndents) {
  EXPECT_EQ(parse("a: 1\nb: \xff\n"), "a.yaml:2:4: found a byte that is no UTF-8");
  EXPECT_EQ(parse("a: 1 \x04\nzzz"), "a.yaml:1:6: found control character 0x04");
  EXPECT_EQ(parse("a:\n\tb: 1\n"), "a.yaml:2:1: found a tab as indentation, allowed: spaces");
  EXPECT_EQ(findings("\xEF\xBB\xBF"
                     "a:\t1\t# c\r\n\t\r\n\t# d\r\n",
                     [](Section root) { EXPECT_EQ(root.integer("a", "A", anything()), 1); }),
            "");
}

TEST_F(ParserTest, AliasesCopyAndMergeKeysAreRefused) {
  EXPECT_EQ(findings("a: &x {b: 1}\nc: *x\n",
                     [](Section root) {
                       EXPECT_EQ(root.section("a", "A").integer("b", "B", anything()), 1);
                       EXPECT_EQ(root.section("c", "C").integer("b", "B", anything()), 1);
                     }),
            "");
  EXPECT_EQ(parse("x: &x {}\ny:\n  <<: *x\n"),
            "a.yaml:1:1: x: unknown key, allowed: none\n"
            "a.yaml:2:1: y: unknown key, allowed: none\n"
            "a.yaml:3:3: y.<<: found a merge key, allowed: include");
  EXPECT_EQ(parse("a: &x [*x]\n"),
            "a.yaml:1:8: cannot be parsed as YAML: an alias within its anchor");
}

TEST_F(ParserTest, TagsAndOddKeysAreErrors) {
  EXPECT_EQ(findings("a: !!int 3\n", [](Section root) { (void)root.has("a"); }),
            "a.yaml:1:4: a: found tag 'tag:yaml.org,2002:int', allowed: no tags");
  EXPECT_EQ(parse("? [1, 2]\n: 3\n"), "a.yaml:1:3: cannot be parsed as YAML: a key must be a word");
  EXPECT_EQ(parse("~: 3\n"), "a.yaml:1:1: cannot be parsed as YAML: a key must be a word");
  EXPECT_EQ(parse(std::string(300, 'k') + ": 3\n"),
            "a.yaml:1:1: cannot be parsed as YAML: a key longer than 200 bytes");
}

TEST_F(ParserTest, DeepNestingIsAnErrorNotACrash) {
  for (const char* piece : {"[", "{a: ", "- ", "? "}) {
    const std::string found = parse("a:\n " + repeated(piece, 100000));
    EXPECT_NE(found.find("nested deeper than 64 levels"), std::string::npos) << piece << found;
  }
  std::string staircase;
  for (int i = 0; i < 1000; ++i) staircase += repeated(" ", i) + "a:\n";
  EXPECT_EQ(parse(staircase),
            "a.yaml:65:65: cannot be parsed as YAML: nested deeper than 64 levels");
  EXPECT_EQ(parse("a: " + repeated("[", 64) + repeated("]", 64)),
            "a.yaml:1:67: cannot be parsed as YAML: nested deeper than 64 levels");
  EXPECT_EQ(parse("a: " + repeated("[", 63) + repeated("]", 63)),
            "a.yaml:1:1: a: unknown key, allowed: none");
}

TEST_F(ParserTest, AliasBombsAreStopped) {
  std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    text += fmt::format("a{0}: &a{0} [{1}]\n", i, repeated(fmt::format("*a{}, ", i - 1), 10));
  }
  EXPECT_NE(parse(text).find("more than 1000000 values"), std::string::npos);
  std::string tower = "a0: &a0 " + repeated("[", 40) + repeated("]", 40) + "\n";
  tower += "a1: " + repeated("[", 40) + "*a0" + repeated("]", 40) + "\n";
  EXPECT_EQ(parse(tower), "a.yaml:2:45: cannot be parsed as YAML: nested deeper than 64 levels");
}

}  // namespace
}  // namespace brownout::config
