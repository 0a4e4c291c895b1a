// SPDX-License-Identifier: Apache-2.0
#include "sim/config/quantity.h"
#include "sim/core/units.h"

namespace brownout::config {
namespace {

constexpr std::uint64_t kKibi = std::uint64_t{1} << 10;
constexpr std::uint64_t kMebi = kKibi << 10;
constexpr std::uint64_t kGibi = kMebi << 10;
constexpr std::uint64_t kTebi = kGibi << 10;

}  // namespace

template <>
const UnitFamily& units_of<Volts>() {
  static const UnitFamily kUnits{{"V"}, {"mV", -3}, {"uV", -6}};
  return kUnits;
}

template <>
const UnitFamily& units_of<VminRatio>() {
  static const UnitFamily kUnits{{"Vmin"}};
  return kUnits;
}

const UnitFamily& supply_units() {
  static const UnitFamily kUnits{{"V"}, {"mV", -3}, {"uV", -6}, {"Vmin"}};
  return kUnits;
}

template <>
const UnitFamily& units_of<Picojoules>() {
  static const UnitFamily kUnits{{"aJ", -6}, {"fJ", -3}, {"pJ"},   {"nJ", 3},
                                 {"uJ", 6},  {"mJ", 9},  {"J", 12}};
  return kUnits;
}

template <>
const UnitFamily& units_of<Milliwatts>() {
  static const UnitFamily kUnits{{"pW", -9}, {"nW", -6}, {"uW", -3}, {"mW"}, {"W", 3}};
  return kUnits;
}

template <>
const UnitFamily& units_of<Picoseconds>() {
  static const UnitFamily kUnits{{"fs", -3}, {"ps"}, {"ns", 3}, {"us", 6}, {"ms", 9}, {"s", 12}};
  return kUnits;
}

template <>
const UnitFamily& units_of<Hertz>() {
  static const UnitFamily kUnits{{"Hz"}, {"kHz", 3}, {"MHz", 6}, {"GHz", 9}, {"THz", 12}};
  return kUnits;
}

template <>
const UnitFamily& units_of<Cycles>() {
  static const UnitFamily kUnits{{"cycles"}, {"cycle", 0, 1, false}};
  return kUnits;
}

template <>
const UnitFamily& units_of<Bytes>() {
  static const UnitFamily kUnits{{"B"},
                                 {"kB", 3},
                                 {"MB", 6},
                                 {"GB", 9},
                                 {"TB", 12},
                                 {"KiB", 0, kKibi},
                                 {"MiB", 0, kMebi},
                                 {"GiB", 0, kGibi},
                                 {"TiB", 0, kTebi}};
  return kUnits;
}

template <>
const UnitFamily& units_of<Bits>() {
  static const UnitFamily kUnits{{"bit"},
                                 {"kbit", 3},
                                 {"Mbit", 6},
                                 {"Gbit", 9},
                                 {"Kibit", 0, kKibi},
                                 {"Mibit", 0, kMebi},
                                 {"Gibit", 0, kGibi},
                                 {"bits", 0, 1, false}};
  return kUnits;
}

}  // namespace brownout::config
