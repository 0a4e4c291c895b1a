// SPDX-License-Identifier: Apache-2.0
// A sweep voltage by voltage (layer 5): what the table on the terminal and the report show.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "sim/sweep/point.h"

namespace brownout::sweep {

/// All chips at one voltage.
struct VoltageSummary {
  PointResult any;                 ///< one of the points: what does not depend on the chip
  std::vector<double> accuracies;  ///< by chip, 0..1
  double mean = 0;
  double deviation = 0;  ///< sample standard deviation over chips
  double lowest = 0;
  double highest = 0;
  /// Share of energy saved against the reference point; none without one.
  std::optional<double> weight_sram_saving;
  std::optional<double> total_saving;
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

/// The sweep's result as text for a terminal.
[[nodiscard]] std::string summary_table(const Summary& summary);

}  // namespace brownout::sweep
