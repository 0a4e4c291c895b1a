// SPDX-License-Identifier: Apache-2.0
#include "sim/config/dump.h"

#include "sim/core/units.h"
#include "tests/config/config_fixture.h"

namespace brownout::config {
namespace {

class DumpTest : public ConfigTest {
 protected:
  static void read(Section root) {
    (void)root.text("name", "name of the run", std::string("no"));
    Section accel = root.section("accel", "the accelerator");
    (void)accel.integer("rows", "rows of PEs", between(1, 64), 32);
    (void)accel.quantity<Bytes>("buffer", "size", above(0));
    (void)accel.optional_section("fuse", "front end");
    (void)root.voltages("voltages", "operating points");
    for (Section& layer : root.sections("layers", "layers")) (void)layer.flag("on", "use it", true);
    for (auto& chip : root.named_sections("chips", "chips")) {
      (void)chip.second.integer("seed", "the seed", at_least(0));
    }
    (void)root.sections("none", "nothing", Need::kOptional);
  }

  Document document() const {
    return Document::load(
        write("a.yaml",
              "layers:\n  - on: false\n  - {}\naccel: {buffer: 64 KiB}\n"
              "voltages: {from: 1 Vmin, to: 0.5 Vmin, steps: 3}\n"
              "chips: {a b: {seed: 1}, c: {seed: 2}}\nextra: [1, {x: ~}, [\"2\"]]\n"));
  }
};

TEST_F(DumpTest, WritesAnswersDefaultsAndComments) {
  Document loaded = document();
  read(loaded.root());
  EXPECT_EQ(loaded.resolved_yaml(),
            "name: \"no\"  # name of the run; text; default \"no\"\n"
            "accel:  # the accelerator; mapping; required\n"
            "  rows: 32  # rows of PEs; integer from 1 to 64; default 32\n"
            "  buffer: 64 KiB  # size; number with unit B, kB, MB, GB, TB, KiB, MiB, GiB or TiB "
            "above 0 B; required\n"
            "voltages: [1 Vmin, 0.75 Vmin, 0.5 Vmin]  # operating points; list of at least one "
            "number with unit V, mV, uV or Vmin above 0, or {from, to, steps}; required\n"
            "layers:  # layers; list of mappings; required\n"
            "  - \"on\": false  # use it; true or false; default true\n"
            "  - \"on\": true  # use it; true or false; default true\n"
            "chips:  # chips; mapping of mappings; required\n"
            "  \"a b\":\n"
            "    seed: 1  # the seed; integer of at least 0; required\n"
            "  c:\n"
            "    seed: 2  # the seed; integer of at least 0; required\n"
            "extra:\n"
            "  - 1\n"
            "  - x: null\n"
            "  - - \"2\"\n");
}

TEST_F(DumpTest, LoadsAsTheSame) {
  Document first = document();
  read(first.root());
  Document second = Document::load(write("b.yaml", first.resolved_yaml()));
  read(second.root());
  EXPECT_EQ(second.resolved_yaml(), first.resolved_yaml());
}

TEST_F(DumpTest, SchemaHasOneLinePerKey) {
  Document loaded = document();
  read(loaded.root());
  EXPECT_EQ(loaded.schema(),
            "name: text; default \"no\"; name of the run\n"
            "accel: mapping; required; the accelerator\n"
            "accel.rows: integer from 1 to 64; default 32; rows of PEs\n"
            "accel.buffer: number with unit B, kB, MB, GB, TB, KiB, MiB, GiB or TiB above 0 B; "
            "required; size\n"
            "accel.fuse: mapping; optional; front end\n"
            "voltages: list of at least one number with unit V, mV, uV or Vmin above 0, or {from, "
            "to, steps}; required; operating points\n"
            "voltages.from: number with unit V, mV, uV or Vmin above 0; required; first voltage\n"
            "voltages.to: number with unit V, mV, uV or Vmin above 0; required; last voltage\n"
            "voltages.steps: integer from 2 to 10000; required; number of voltages, both ends "
            "included\n"
            "layers: list of mappings; required; layers\n"
            "layers.*.on: true or false; default true; use it\n"
            "chips: mapping of mappings; required; chips\n"
            "chips.*.seed: integer of at least 0; required; the seed\n"
            "none: list of mappings; optional; nothing\n");
}

TEST_F(DumpTest, SectionsSurviveMovingTheirDocument) {
  Document first = document();
  Section root = first.root();
  Document moved = std::move(first);
  read(root);
  EXPECT_THROW(moved.finish(), InputError);  // 'extra'
}

TEST_F(DumpTest, WhatIsLeftOutIsNeitherUnknownNorWritten) {
  Document loaded = Document::load(write("a.yaml", "name: x\nothers: [{a: 1}]\n"));
  Section root = loaded.root();
  (void)root.text("name", "name", std::string("no"));
  root.leave_out("others");
  EXPECT_NO_THROW(loaded.finish());
  EXPECT_EQ(loaded.resolved_yaml().find("others"), std::string::npos) << loaded.resolved_yaml();
  EXPECT_EQ(loaded.schema().find("others"), std::string::npos) << loaded.schema();
}

}  // namespace
}  // namespace brownout::config
