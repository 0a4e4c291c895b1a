// SPDX-License-Identifier: Apache-2.0
// Which published tables to reproduce, from which networks on which machine (layer 5).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sim/config/document.h"
#include "sim/sweep/experiment_config.h"

namespace brownout::sweep {

/// A network under the name its row or column has in the publication.
struct TableNetwork {
  std::string name;
  models::ZooChoice choice;
  /// A layer the publication counted with another padding than it has; empty for none.
  std::string padded_layer;
  int counted_padding = 0;
};

/// A cell the publication's own other figures contradict.
struct KnownDeviation {
  int table = 0;
  std::string row;
  std::string column;
  std::string reason;
};

/// The `tables` section.
struct TablesSection {
  std::string source;               ///< the publication
  std::filesystem::path published;  ///< its figures: CSV of table, row, column, value
  std::vector<std::int64_t> tables;
  double energy_factor = 1;  ///< of a weight access at low voltage, as the publication takes it
  std::vector<TableNetwork> bases;
  std::vector<TableNetwork> generators;
  std::vector<TableNetwork> counted_only;  ///< in the table of parameters and MACs alone
  double saving_tolerance = 0;             ///< percentage points
  double curve_tolerance = 0;              ///< the same at the curve's own energy
  double ratio_tolerance = 0;              ///< of the efficiency ratio
  std::vector<KnownDeviation> deviations;
};

struct TablesConfig {
  TablesSection tables;
  ExperimentConfig machine;  ///< machine and rails; the rest is as default
};

/// Reads the whole document. Throws one InputError with the findings.
[[nodiscard]] TablesConfig read_tables_config(config::Document& document);

}  // namespace brownout::sweep
