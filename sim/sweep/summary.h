// SPDX-License-Identifier: Apache-2.0
// A sweep voltage by voltage (layer 5): what the table on the terminal and the report show.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "sim/sweep/point.h"

namespace brownout::sweep {

constexpr const char* kExtrapolationMark = "*";

/// Share of some energy saved against the network without generator at the reference point.
struct Saving {
  const char* of;  ///< weight SRAM, all SRAM or total; with a generator weight reads, too
  double share = 0;
};

/// All chips at one voltage.
struct VoltageSummary {
  PointResult any;                 ///< one of the points: what does not depend on the chip
  std::vector<double> accuracies;  ///< by chip, 0..1
  double mean = 0;
  double deviation = 0;  ///< sample standard deviation over chips
  double lowest = 0;
  double highest = 0;
  double flipped_weight_bits = 0;     ///< mean over chips
  memory::CodeOutcomes weight_words;  ///< of all chips
  std::vector<Saving> savings;  ///< the same kinds at every voltage; empty without a reference
};

struct Summary {
  std::optional<PointResult> nominal;
  std::vector<VoltageSummary> voltages;  ///< falling
};

[[nodiscard]] Summary summarize(const std::vector<PointResult>& points);

/// Energy of one component; zero when there is none of that name.
[[nodiscard]] Picojoules energy_of(const NamedEnergies& energies, const std::string& component);

/// The buffers that have failing cells anywhere in the summary; the weights' if none has.
[[nodiscard]] std::vector<memory::GroupId> faulty_groups(const Summary& summary);

/// The buffer that suffers most from going down; the weights' if none does.
[[nodiscard]] memory::GroupId main_group(const Summary& summary);

/// Position of the most specific saving that is not zero at the lowest voltage. There must be
/// savings.
[[nodiscard]] std::size_t main_saving(const Summary& summary);

/// The voltage in a table, with kExtrapolationMark where any buffer is extrapolated.
[[nodiscard]] std::string voltage_text(const PointResult& point);
/// What kExtrapolationMark means and for which buffers; empty where nothing is extrapolated.
[[nodiscard]] std::string extrapolation_note(const Summary& summary);

/// The sweep's result as text for a terminal.
[[nodiscard]] std::string summary_table(const Summary& summary);

}  // namespace brownout::sweep
