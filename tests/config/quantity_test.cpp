// SPDX-License-Identifier: Apache-2.0
#include "sim/config/quantity.h"

#include "sim/core/units.h"
#include "tests/config/config_fixture.h"

namespace brownout::config {
namespace {

class QuantityTest : public ConfigTest {
 protected:
  template <class Q>
  Q read(const std::string& value) const {
    Q quantity;
    EXPECT_EQ(findings("x: " + value + "\n",
                       [&](Section root) { quantity = root.quantity<Q>("x", "X", anything()); }),
              "");
    return quantity;
  }
  template <class Q>
  std::string reject(const std::string& value, Limits limits = anything()) const {
    return findings("x: " + value + "\n",
                    [&](Section root) { (void)root.quantity<Q>("x", "X", limits); });
  }
};

TEST_F(QuantityTest, ReadsPrefixesOfEveryUnit) {
  EXPECT_EQ(read<Volts>("0.62 V"), Volts(0.62));
  EXPECT_EQ(read<Volts>("620 mV"), Volts(0.62));
  EXPECT_EQ(read<Volts>("620mV"), Volts(0.62));
  EXPECT_EQ(read<VminRatio>("0.83 Vmin"), VminRatio(0.83));
  EXPECT_EQ(read<Picojoules>("3.97 pJ"), Picojoules(3.97));
  EXPECT_EQ(read<Picojoules>("2 nJ"), Picojoules(2000));
  EXPECT_EQ(read<Milliwatts>("154 uW"), Milliwatts(0.154));
  EXPECT_EQ(read<Milliwatts>("154 \xC2\xB5W"), Milliwatts(0.154));
  EXPECT_EQ(read<Milliwatts>("154 \xCE\xBCW"), Milliwatts(0.154));
  EXPECT_EQ(read<Picoseconds>("5 us"), Picoseconds(5e6));
  EXPECT_EQ(read<Picoseconds>("100 ns"), Picoseconds(1e5));
  EXPECT_EQ(read<Hertz>("1.2 GHz"), Hertz(1.2e9));
  EXPECT_EQ(read<Bytes>("256 KiB"), Bytes(262144));
  EXPECT_EQ(read<Bytes>("64 MB"), Bytes(64000000));
  EXPECT_EQ(read<Bytes>("1.5 KiB"), Bytes(1536));
  EXPECT_EQ(read<Bits>("8 bit"), Bits(8));
  EXPECT_EQ(read<Bits>("2 Kibit"), Bits(2048));
  EXPECT_EQ(read<Cycles>("100 cycles"), Cycles(100));
  EXPECT_EQ(read<Cycles>("1 cycle"), Cycles(1));
  EXPECT_EQ(read<Volts>("\"0.62 V\""), Volts(0.62));
}

TEST_F(QuantityTest, ABareNumberNamesTheUnits) {
  EXPECT_EQ(reject<Volts>("0.62"),
            "a.yaml:1:4: x: found '0.62' without a unit, allowed: number with unit V, mV or uV");
}

TEST_F(QuantityTest, AWrongUnitIsNamed) {
  EXPECT_EQ(reject<Volts>("0.62 pJ"),
            "a.yaml:1:4: x: found '0.62 pJ' with unit 'pJ', allowed: number with unit V, mV or uV");
  EXPECT_EQ(reject<Hertz>("5 mhz"),
            "a.yaml:1:4: x: found '5 mhz' with unit 'mhz', allowed: number with unit Hz, kHz, MHz, "
            "GHz or THz, did you mean 'MHz'?");
  EXPECT_EQ(reject<Cycles>("5 cycels"),
            "a.yaml:1:4: x: found '5 cycels' with unit 'cycels', allowed: number with unit cycles, "
            "did you mean 'cycles'?");
}

TEST_F(QuantityTest, LimitsAreShownInUnits) {
  EXPECT_EQ(
      reject<Volts>("2 V", between(0.3, 1.2)),
      "a.yaml:1:4: x: found '2 V', allowed: number with unit V, mV or uV from 0.3 V to 1.2 V");
  EXPECT_EQ(reject<Hertz>("0 Hz", above(0)),
            "a.yaml:1:4: x: found '0 Hz', allowed: number with unit Hz, kHz, MHz, GHz or THz above "
            "0 Hz");
  EXPECT_EQ(
      reject<Cycles>("5 cycles", between(10, 20)),
      "a.yaml:1:4: x: found '5 cycles', allowed: number with unit cycles from 10 cycles to 20 "
      "cycles");
}

TEST_F(QuantityTest, CountsAreWholeAndNotNegative) {
  EXPECT_EQ(reject<Bits>("1.5 bit"),
            "a.yaml:1:4: x: found '1.5 bit', not a whole number of bit, allowed: number with unit "
            "bit, kbit, Mbit, Gbit, Kibit, Mibit or Gibit");
  EXPECT_EQ(reject<Cycles>("-1 cycles"),
            "a.yaml:1:4: x: found '-1 cycles', allowed: number with unit cycles");
}

TEST_F(QuantityTest, RefusesNumbersThatAreNone) {
  for (const char* value : {"nan V", ".inf V", "inf V", "010 V", "1e999 V", "V", "0.6 V V", "0x1 V",
                            "[0.6 V]", "{a: 1}", "", "1,2 V", "0.6 V x"}) {
    EXPECT_NE(reject<Volts>(value), "") << value;
  }
}

TEST_F(QuantityTest, VoltagesAreAbsoluteOrRelative) {
  SupplyVoltage relative;
  SupplyVoltage absolute;
  EXPECT_EQ(findings("a: 0.83 Vmin\nb: 620 mV\n",
                     [&](Section root) {
                       relative = root.voltage("a", "A");
                       absolute = root.voltage("b", "B");
                     }),
            "");
  EXPECT_EQ(relative, (SupplyVoltage{0.83, true}));
  EXPECT_EQ(absolute, (SupplyVoltage{0.62, false}));
  EXPECT_EQ(findings("a: 0 V\n", [](Section root) { (void)root.voltage("a", "A"); }),
            "a.yaml:1:4: a: found '0 V', allowed: number with unit V, mV, uV or Vmin above 0");
}

TEST(Render, ChoosesUnitsPeopleWould) {
  EXPECT_EQ(render_real(0.62, units_of<Volts>()), "0.62 V");
  EXPECT_EQ(render_real(1.2e9, units_of<Hertz>()), "1.2 GHz");
  EXPECT_EQ(render_real(0, units_of<Volts>()), "0 V");
  EXPECT_EQ(render_real(2e-5, units_of<Volts>()), "20 uV");
  EXPECT_EQ(render_count(262144, units_of<Bytes>()), "256 KiB");
  EXPECT_EQ(render_count(64000000, units_of<Bytes>()), "62500 KiB");
  EXPECT_EQ(render_count(7, units_of<Cycles>()), "7 cycles");
}

}  // namespace
}  // namespace brownout::config
