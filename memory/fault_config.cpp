// SPDX-License-Identifier: Apache-2.0
#include "memory/fault_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "sim/core/error.h"
#include "sim/core/statistics.h"

namespace brownout::memory {
namespace {

using config::Section;

double read_ones(Section& section) {
  return section.number("share_of_ones", "failing cells that prefer 1", {0, 1}, 0.5);
}

FailProbability read_probability(Section section) {
  FailProbability probability;
  probability.always =
      section.number("always", "failing cells that fail every access", {0, 1}, probability.always);
  probability.alpha = section.number("alpha", "of the beta distribution of the others", {0.01, 100},
                                     probability.alpha);
  probability.beta = section.number("beta", "of the beta distribution of the others", {0.01, 100},
                                    probability.beta);
  return probability;
}

AccessTime read_access_time(Section& section) {
  AccessTime slow;
  slow.share_of_ones = read_ones(section);
  slow.sigma = section.number("sigma", "standard deviation of ln delay over cells", {1e-4, 2});
  slow.margin = section.number("margin", "the memory's delay over that of the median cell",
                               {0.1, 100}, slow.margin);
  return slow;
}

void read_mechanisms(Section& section, FaultConfig& faults) {
  faults.mechanisms.clear();
  double total = 0;
  for (Section entry : section.sections("mechanisms", "what failing cells do")) {
    const auto mechanism = entry.choice<Mechanism>("mechanism", "what such a cell does",
                                                   mechanism_names(), Mechanism::kStuckAt);
    if (mechanism == Mechanism::kAccessTime) {
      if (faults.access_time) entry.fail("mechanism", "found access_time twice, allowed: once");
      faults.access_time = read_access_time(entry);
      continue;
    }
    MechanismConfig config;
    config.mechanism = mechanism;
    config.share = entry.number("share", "of the failing cells", {0, 1}, 1.0);
    config.share_of_ones = read_ones(entry);
    if (is_random(mechanism)) {
      if (auto probability = entry.optional_section(
              "probability", "of failing an access, over the failing cells")) {
        config.probability = read_probability(*probability);
      }
    }
    total += config.share;
    faults.mechanisms.push_back(config);
  }
  if (!faults.mechanisms.empty() && std::abs(total - 1) > 1e-9) {
    section.fail("mechanisms", fmt::format("found shares that add up to {}, allowed: 1", total));
  }
  if (faults.mechanisms.empty()) faults.mechanisms = {{Mechanism::kStuckAt, 0, 0.5, {}}};
}

SpatialModel read_spatial(Section section) {
  const auto shape = [&](const char* key, const char* of) {
    return section.number(key, fmt::format("gamma shape k of the weights of {}, 0: none", of),
                          {0, 1000}, 0.0);
  };
  SpatialConfig config;
  config.macros = shape("macros", "macros");
  config.columns = shape("columns", "a macro's columns");
  config.rows = shape("rows", "a macro's rows");
  try {
    return SpatialModel(config);
  } catch (const InputError& error) {
    section.fail("macros", error.what());
    return {};
  }
}

VoltageShift read_shift(Section& section) {
  VoltageShift shift;
  if (auto temperature = section.optional_section("temperature", "of the cells")) {
    shift.celsius = temperature->number("celsius", "while running", {-60, 200}, shift.celsius);
    shift.reference_celsius = temperature->number(
        "reference_celsius", "when the curve was measured", {-60, 200}, shift.reference_celsius);
    shift.per_kelvin = VminRatio(temperature->number(
        "shift_per_kelvin", "rise of failure voltages, in Vmin", {-0.01, 0.01}, 0.0));
  }
  if (auto ageing = section.optional_section("ageing", "since the curve was measured")) {
    shift.ageing =
        VminRatio(ageing->number("shift", "rise of failure voltages, in Vmin", {-0.5, 0.5}, 0.0));
  }
  return shift;
}

/// Whether the cells that fail by the curve are anything but stuck, half of them at 1, anywhere.
bool describes_cells(const Section& section, const FaultConfig& faults) {
  const MechanismConfig& first = faults.mechanisms.front();
  return section.has("mechanisms") || section.has("spatial") ||
         first.mechanism != Mechanism::kStuckAt || first.share_of_ones != 0.5;
}

void check_together(Section& section, const FaultConfig& faults) {
  const bool by_weight = is_ibm_random(faults.mapping);
  if (by_weight && describes_cells(section, faults)) {
    section.fail("mapping",
                 "found ibm_random, whose cells are stuck, half of them at 1; allowed beside it: "
                 "temperature and ageing");
  }
  if (by_weight && (section.has("map") || section.has("placement"))) {
    section.fail("mapping",
                 "found ibm_random, whose cells belong to weights, allowed with 'map' and "
                 "'placement': address");
  }
  if (faults.mapping == FaultMapping::kOwnCells) {
    if (section.has("map") || section.has("placement")) {
      section.fail("mapping",
                   "found own_cells, a buffer that holds the whole network, allowed with 'map' and "
                   "'placement': address");
    }
    if (faults.uses(Mechanism::kWriteFailure) || faults.uses(Mechanism::kRetention)) {
      section.fail("mapping",
                   "found own_cells with write_failure or retention, allowed with these: address");
    }
  }
  if (section.has("map") && (section.has("temperature") || section.has("ageing"))) {
    section.fail("map",
                 "found beside 'temperature' or 'ageing', allowed: one or the other; measured "
                 "cells fail where they were measured");
  }
  const bool measured = std::all_of(kGroups.begin(), kGroups.end(),
                                    [&](GroupId group) { return faults.is_measured(group); });
  if (measured && describes_cells(section, faults)) {
    section.fail("map",
                 "found for all buffers, beside mechanisms or 'spatial', which describe the cells "
                 "of none; allowed: 'map.buffers' that leave one to the model");
  }
}

}  // namespace

FaultRates highest(const FaultRates& a, const FaultRates& b) {
  return {std::max(a.curve, b.curve), std::max(a.access_time, b.access_time)};
}

BufferRates highest(const BufferRates& a, const BufferRates& b) {
  return {highest(a.own, b.own), highest(a.safe, b.safe)};
}

double AccessTime::rate(Picoseconds delay, Picoseconds available) const {
  return normal_cdf(std::log(delay / (available * margin)) / sigma);
}

bool FaultConfig::uses(Mechanism mechanism) const {
  if (mechanism == Mechanism::kAccessTime) return access_time.has_value();
  return std::any_of(mechanisms.begin(), mechanisms.end(), [&](const MechanismConfig& m) {
    return m.mechanism == mechanism && m.share > 0;
  });
}

double FaultConfig::wrong_bits_per_cell() const {
  double sum = 0;
  for (const MechanismConfig& m : mechanisms) {
    const double fails = m.mechanism == Mechanism::kRandomRead ? m.probability.mean() : 1;
    sum += m.share * fails * (m.mechanism == Mechanism::kInvertedRead ? 1 : 0.5);
  }
  return sum;
}

FaultConfig read_fault_config(Section section) {
  FaultConfig faults;
  faults.mapping =
      section.choice<FaultMapping>("mapping", "which failing cell holds which weight",
                                   {{"address", FaultMapping::kAddress},
                                    {"own_cells", FaultMapping::kOwnCells},
                                    {"ibm_random", FaultMapping::kIbmRandom},
                                    {"ibm_random_shuffled", FaultMapping::kIbmRandomShuffled}},
                                   FaultMapping::kAddress);
  if (section.has("mechanisms")) {
    read_mechanisms(section, faults);
  } else {
    MechanismConfig& only = faults.mechanisms.front();
    // A short form for one mechanism without parameters of its own.
    only.mechanism = section.choice<Mechanism>("mechanism", "what a failing cell does",
                                               {{"stuck_at", Mechanism::kStuckAt},
                                                {"inverted_read", Mechanism::kInvertedRead},
                                                {"random_read", Mechanism::kRandomRead},
                                                {"random_inversion", Mechanism::kRandomInversion},
                                                {"write_failure", Mechanism::kWriteFailure},
                                                {"retention", Mechanism::kRetention}},
                                               Mechanism::kStuckAt);
    only.share_of_ones = read_ones(section);
  }
  if (auto spatial = section.optional_section("spatial", "weak macros, columns and rows")) {
    faults.spatial = read_spatial(*spatial);
  }
  faults.shift = read_shift(section);
  if (auto map = section.optional_section("map", "measured cells in place of the curve's")) {
    faults.map = read_map_config(*map);
  }
  if (auto placement = section.optional_section("placement", "which macro stands where")) {
    faults.placement = read_placement_config(*placement);
  }
  check_together(section, faults);
  return faults;
}

}  // namespace brownout::memory
