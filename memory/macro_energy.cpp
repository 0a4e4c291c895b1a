// SPDX-License-Identifier: Apache-2.0
#include "memory/macro_energy.h"

#include <cmath>

namespace brownout::memory {
namespace {

using config::Section;

constexpr config::Limits kEnergyLimits{0, 1e6};
constexpr double kTableBits = 64;

}  // namespace

AccessEnergy AccessEnergyTable::of_word(const MacroGeometry& macro) const {
  const double size = static_cast<double>(macro.bytes()) / static_cast<double>(of.count());
  const double factor = std::pow(size, size_exponent) * (macro.word_bits / kTableBits);
  return {access.read * factor, access.write * factor};
}

Milliwatts Leakage::at(VminRatio v) const { return at_vmin * std::pow(v.count(), exponent); }

AccessEnergyTable read_access_energy(Section section) {
  AccessEnergyTable table;
  table.access.read = section.quantity<Picojoules>("read", "64 bits read", kEnergyLimits);
  table.access.write = section.quantity<Picojoules>("write", "64 bits written", kEnergyLimits);
  table.of = section.quantity<Bytes>("of", "size of the macro they hold for", {1, 1e9});
  table.size_exponent =
      section.number("size_exponent", "energy grows with the macro's bytes to this power", {0, 2});
  table.source = section.text("source", "publication of the access energies");
  table.size_source = section.text("size_source", "publication of the size exponent");
  return table;
}

Leakage read_leakage(Section& section, const MacroGeometry& macro) {
  const double bits = static_cast<double>(macro.bytes()) * 8;
  Leakage leakage;
  leakage.at_vmin =
      section.quantity<Milliwatts>("per_bit", "leakage power of a bit at Vmin", kEnergyLimits) *
      bits;
  leakage.exponent =
      section.number("exponent", "leakage power grows with (V/Vmin) to this power", {0, 10});
  return leakage;
}

}  // namespace brownout::memory
