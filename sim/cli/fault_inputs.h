// SPDX-License-Identifier: Apache-2.0
// What `brownout faults` is given (layer 5): maps and memories by file name, voltages with units.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "memory/validation/alignment.h"
#include "sim/cli/options.h"
#include "sim/config/supply_voltage.h"
#include "sim/core/units.h"

namespace brownout::cli {

/// `0.54 V`, `540mV` or `0.9 Vmin`; none when that is not what `text` says.
[[nodiscard]] std::optional<config::SupplyVoltage> parse_voltage(const std::string& text);

/// `256 KiB`, above 0.
[[nodiscard]] std::optional<Bytes> parse_bytes(const std::string& text);

/// `--voltages V...`, separated by blanks or commas; empty when not given.
void add_voltages_option(Options& options, const std::string& description);
[[nodiscard]] std::vector<config::SupplyVoltage> voltages_of(const Options& options);

/// The one voltage of an option that is given.
[[nodiscard]] config::SupplyVoltage voltage_option(const Options& options, const char* name);

/// `--group`, the weights' buffer when not given.
void add_group_option(Options& options);
[[nodiscard]] memory::GroupId group_of(const Options& options);

/// `--geometry`, as BLOCKSxROWSxBITS.
[[nodiscard]] std::optional<memory::MapGeometry> geometry_of(const Options& options);

/// Options of commands that read maps or models: --geometry, --tile, --level, --voltages, --group,
/// --chip, --set.
void add_subject_options(Options& options);
/// A memory when the name ends in .yaml or .yml, a fault map otherwise, cut by --tile.
[[nodiscard]] memory::validation::Subject load_subject(const std::string& path,
                                                       const Options& options);
/// The same where only a map will do.
[[nodiscard]] memory::validation::Subject load_map(const std::string& path, const Options& options);
[[nodiscard]] memory::validation::Alignment alignment_of(const Options& options);

}  // namespace brownout::cli
