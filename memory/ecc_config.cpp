// SPDX-License-Identifier: Apache-2.0
#include "memory/ecc_config.h"

namespace brownout::memory {
namespace {

constexpr config::Limits kEnergyLimits{0, 1e6};

std::optional<Picojoules> read_known(config::Section& section, const char* key,
                                     const char* description) {
  if (!section.has(key)) return std::nullopt;
  return section.quantity<Picojoules>(key, description, kEnergyLimits);
}

}  // namespace

Picojoules EccConfig::encode_energy(const WordCode& code) const {
  return energy_encode.value_or(energy_per_gate * static_cast<double>(code.gates().encode));
}

Picojoules EccConfig::decode_energy(const WordCode& code) const {
  return energy_decode.value_or(energy_per_gate * static_cast<double>(code.gates().decode));
}

EccConfig read_ecc_config(config::Section section) {
  EccConfig ecc;
  ecc.choice.code =
      section.choice<Code>("code", "error code of every word", code_names(), Code::kNone);
  const bool none = ecc.choice.code == Code::kNone;
  const OnError usual = ecc.choice.code == Code::kParity ? OnError::kZeroWord : OnError::kKeep;
  ecc.choice.on_error = section.choice<OnError>(
      "on_error", "what is delivered where an error cannot be put right", on_error_names(), usual);
  const auto needed = [&](auto value) { return none ? std::optional(value) : std::nullopt; };
  ecc.latency = static_cast<std::uint32_t>(
      section
          .quantity<Cycles>("latency", "cycles that coding adds to an access", {0, 1000},
                            needed(Cycles(0)))
          .count());
  ecc.energy_encode = read_known(section, "energy_encode",
                                 "coding a written word at Vmin, instead of gates that switch");
  ecc.energy_decode = read_known(section, "energy_decode",
                                 "checking a read word at Vmin, instead of gates that switch");
  const bool known = ecc.energy_encode && ecc.energy_decode;
  ecc.energy_per_gate = section.quantity<Picojoules>(
      "energy_per_gate", "a two-input gate of encoder or decoder switching, at Vmin", kEnergyLimits,
      known ? std::optional(Picojoules(0)) : needed(Picojoules(0)));
  ecc.source =
      section.text("source", "where latency and energies come from", needed(std::string()));
  if (none) ecc.latency = 0;  // so that a sweep over codes may keep the other keys
  return ecc;
}

}  // namespace brownout::memory
