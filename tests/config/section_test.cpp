// SPDX-License-Identifier: Apache-2.0
#include "sim/config/section.h"

#include "tests/config/config_fixture.h"

namespace brownout::config {
namespace {

enum class Dataflow { kOs, kWs, kIs };

const std::vector<std::pair<std::string, Dataflow>> kDataflows = {
    {"os", Dataflow::kOs}, {"ws", Dataflow::kWs}, {"is", Dataflow::kIs}};

class SectionTest : public ConfigTest {};

TEST_F(SectionTest, ReadsEveryKindOfValue) {
  const std::string text =
      "i: 1e3\nn: -0.5\nf: true\nt: hello world\np: ../x/y.bin\nc: ws\n"
      "ns: [1, 2.5]\nis: []\nts: [a, \"b c\", 3]\n";
  EXPECT_EQ(
      findings(text,
               [this](Section root) {
                 EXPECT_EQ(root.integer("i", "I", anything()), 1000);
                 EXPECT_EQ(root.number("n", "N", anything()), -0.5);
                 EXPECT_TRUE(root.flag("f", "F"));
                 EXPECT_EQ(root.text("t", "T"), "hello world");
                 EXPECT_EQ(root.path("p", "P"), folder().parent_path() / "x/y.bin");
                 EXPECT_EQ(root.choice<Dataflow>("c", "C", kDataflows), Dataflow::kWs);
                 EXPECT_EQ(root.numbers("ns", "NS", anything()), (std::vector<double>{1, 2.5}));
                 EXPECT_TRUE(root.integers("is", "IS", anything()).empty());
                 EXPECT_EQ(root.texts("ts", "TS"), (std::vector<std::string>{"a", "b c", "3"}));
               }),
      "");
}

TEST_F(SectionTest, DefaultsFillIn) {
  EXPECT_EQ(findings("{}\n",
                     [](Section root) {
                       EXPECT_FALSE(root.has("i"));
                       EXPECT_EQ(root.integer("i", "I", anything(), 5), 5);
                       EXPECT_EQ(root.choice<Dataflow>("c", "C", kDataflows, Dataflow::kIs),
                                 Dataflow::kIs);
                       EXPECT_EQ(root.voltages("v", "V", std::vector<SupplyVoltage>{{1, true}}),
                                 (std::vector<SupplyVoltage>{{1, true}}));
                       EXPECT_EQ(root.path("p", "P", std::filesystem::path("x")),
                                 std::filesystem::current_path() / "x");
                       EXPECT_TRUE(root.path("q", "Q", std::filesystem::path()).empty());
                       EXPECT_FALSE(root.optional_section("s", "S"));
                       EXPECT_TRUE(root.sections("l", "L", Need::kOptional).empty());
                       EXPECT_TRUE(root.named_sections("m", "M", Need::kOptional).empty());
                     }),
            "");
}

TEST_F(SectionTest, AllErrorsAtOnceInOrderOfPlace) {
  const std::string text =
      "chip:\n  seed: 1.5\n  kind: foo\n  rwos: 3\narray:\n  dataflow: wss\n  clock: 5\n"
      "  list: [1, x, 9]\nextra: 1\n";
  EXPECT_EQ(findings(text,
                     [](Section root) {
                       // Read in another order than written.
                       Section array = root.section("array", "the array");
                       (void)array.integers("list", "a list", between(1, 8));
                       EXPECT_EQ(array.choice<Dataflow>("dataflow", "what stays", kDataflows),
                                 Dataflow::kOs);
                       (void)array.number("clock", "clock", at_least(10));
                       Section chip = root.section("chip", "the chip");
                       EXPECT_EQ(chip.integer("seed", "the seed", at_least(7)), 7);
                       (void)chip.flag("kind", "a flag");
                       (void)chip.integer("rows", "rows", between(1, 64));
                     }),
            "a.yaml:1:1: chip.rows: missing, required: integer from 1 to 64 (rows)\n"
            "a.yaml:2:9: chip.seed: found '1.5', allowed: integer of at least 7\n"
            "a.yaml:3:9: chip.kind: found 'foo', allowed: true or false\n"
            "a.yaml:4:3: chip.rwos: unknown key, allowed: seed, kind, rows, did you mean 'rows'?\n"
            "a.yaml:6:13: array.dataflow: found 'wss', allowed: os, ws or is, did you mean 'ws'?\n"
            "a.yaml:7:10: array.clock: found '5', allowed: number of at least 10\n"
            "a.yaml:8:13: array.list.1: found 'x', allowed: integer from 1 to 8\n"
            "a.yaml:8:16: array.list.2: found '9', allowed: integer from 1 to 8\n"
            "a.yaml:9:1: extra: unknown key, allowed: array, chip");
}

TEST_F(SectionTest, IntegersAreExactDecimals) {
  for (const char* text : {"010", "0x10", "1.5", "\"3\"", "1e-1", "9223372036854775808", "1e30",
                           "nan", "[1]", "1 2", "true"}) {
    EXPECT_EQ(findings(std::string("a: ") + text + "\n",
                       [](Section root) { (void)root.integer("a", "A", anything()); })
                  .substr(0, 21),
              "a.yaml:1:4: a: found ")
        << text;
  }
}

TEST_F(SectionTest, NumbersAreFinite) {
  for (const char* text : {".nan", ".inf", "-.inf", "nan", "inf", "1e999", "1.5x", "1,5", "01.5"}) {
    EXPECT_EQ(findings(std::string("a: ") + text + "\n",
                       [](Section root) { (void)root.number("a", "A", anything()); }),
              std::string("a.yaml:1:4: a: found '") + text + "', allowed: number")
        << text;
  }
}

TEST_F(SectionTest, AMissingSectionIsOneFinding) {
  EXPECT_EQ(findings("{}\n",
                     [](Section root) {
                       Section inner = root.section("a", "the A").section("b", "the B");
                       EXPECT_EQ(inner.integer("n", "N", between(3, 4)), 3);
                       EXPECT_TRUE(inner.sections("l", "L").empty());
                     }),
            "a.yaml:1:1: a: missing, required: mapping (the A)");
  EXPECT_EQ(
      findings("a: 3\n",
               [](Section root) { (void)root.section("a", "A").integer("n", "N", anything()); }),
      "a.yaml:1:4: a: found '3', allowed: mapping");
}

TEST_F(SectionTest, ListsAndMappingsOfSections) {
  const std::string text =
      "l:\n  - n: 1\n  - n: x\n  - 5\nm:\n  one: {n: 1}\n  two: {n: y, other: 2}\n";
  EXPECT_EQ(findings(text,
                     [](Section root) {
                       auto list = root.sections("l", "L");
                       ASSERT_EQ(list.size(), 3U);
                       EXPECT_EQ(list[0].integer("n", "N", anything()), 1);
                       for (Section& item : list) (void)item.integer("n", "N", anything());
                       auto named = root.named_sections("m", "M");
                       ASSERT_EQ(named.size(), 2U);
                       EXPECT_EQ(named[0].first, "one");
                       EXPECT_EQ(named[1].second.name(), "m.two");
                       for (auto& item : named) (void)item.second.integer("n", "N", anything());
                     }),
            "a.yaml:3:8: l.1.n: found 'x', allowed: integer\n"
            "a.yaml:4:5: l.2: found '5', allowed: mapping\n"
            "a.yaml:7:12: m.two.n: found 'y', allowed: integer\n"
            "a.yaml:7:15: m.two.other: unknown key, allowed: n");
}

TEST_F(SectionTest, VoltageListsAndRanges) {
  const std::string text = "a: [1 Vmin, 620 mV]\nb: {from: 1 Vmin, to: 0.7 Vmin, steps: 4}\n";
  EXPECT_EQ(findings(text,
                     [](Section root) {
                       EXPECT_EQ(root.voltages("a", "A"),
                                 (std::vector<SupplyVoltage>{{1, true}, {0.62, false}}));
                       EXPECT_EQ(root.voltages("b", "B"),
                                 (std::vector<SupplyVoltage>{
                                     {1, true}, {0.9, true}, {0.8, true}, {0.7, true}}));
                     }),
            "");
  const std::string allowed =
      "list of at least one number with unit V, mV, uV or Vmin above 0, or {from, to, steps}";
  EXPECT_EQ(
      findings("a: []\nb: 1 V\nc: {from: 1 V, to: 1 Vmin, steps: 3}\n"
               "d: {from: 1 V, to: 2 V, step: 1}\n",
               [](Section root) {
                 for (const char* key : {"a", "b", "c", "d"}) {
                   EXPECT_FALSE(root.voltages(key, "V").empty());
                 }
               }),
      "a.yaml:1:4: a: found an empty list, allowed: " + allowed +
          "\na.yaml:2:4: b: found '1 V', allowed: " + allowed +
          "\na.yaml:3:20: c.to: found another kind of unit than in 'from', allowed: both Vmin "
          "or both volts\n"
          "a.yaml:4:4: d.steps: missing, required: integer from 2 to 10000 (number of "
          "voltages, both ends included)\n"
          "a.yaml:4:25: d.step: unknown key, allowed: from, to, steps, did you mean 'steps'?");
}

TEST_F(SectionTest, CallersReportTheirOwnFindings) {
  EXPECT_EQ(findings("a:\n  b: 3\n  c:\n    - 1\n",
                     [](Section root) {
                       Section a = root.section("a", "A");
                       (void)a.has("c");
                       const std::int64_t b = a.integer("b", "B", anything());
                       EXPECT_EQ(to_string(a.place("b")).substr(to_string(a.place("b")).size() - 4),
                                 ":2:6");
                       EXPECT_EQ(a.place("c").line, 3);
                       a.fail("b", "found " + std::to_string(b) + ", allowed: an even number");
                       a.fail("b", "found " + std::to_string(b) + ", allowed: an even number");
                       a.fail("none", "needed with 'b'");
                     }),
            "a.yaml:1:1: a.none: needed with 'b'\n"
            "a.yaml:2:6: a.b: found 3, allowed: an even number");
}

TEST_F(SectionTest, AskingTwiceIsTheSameAsOnce) {
  EXPECT_EQ(findings("a: {b: 1}\n",
                     [](Section root) {
                       (void)root.section("a", "A");
                       EXPECT_EQ(root.section("a", "A").integer("b", "B", anything()), 1);
                       EXPECT_TRUE(root.optional_section("a", "A"));
                     }),
            "");
}

TEST_F(SectionTest, FindingsStayOnOneLineAndAreCut) {
  EXPECT_EQ(findings("\"a\\nb\": \"" + std::string(100, 'x') + "\"\n",
                     [](Section root) { (void)root.flag("a\nb", "A"); }),
            "a.yaml:1:9: a\\nb: found quoted text '" + std::string(60, 'x') +
                "...', allowed: true or false");
}

}  // namespace
}  // namespace brownout::config
