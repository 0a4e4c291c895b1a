// SPDX-License-Identifier: Apache-2.0
// What each layer costs when it alone is faulty, and what becomes of its channels, as files (layer
// 5).
#pragma once

#include <filesystem>
#include <string>

#include "sim/sweep/channel_errors.h"
#include "sim/sweep/sensitivity.h"

namespace brownout::report {

constexpr const char* kSensitivityTable = "sensitivity.csv";
constexpr const char* kSensitivityPlot = "sensitivity.svg";
constexpr const char* kChannelTable = "channels.csv";

/// A gnuplot script: one group of bars a layer, one bar a voltage, with the spread over chips.
[[nodiscard]] std::string sensitivity_script(const sweep::Sensitivities& sensitivities);

/// Both files into `folder`, which is made when missing. Starts gnuplot. Throws InputError when
/// they cannot be written.
void write_sensitivities(const sweep::Sensitivities& sensitivities,
                         const std::filesystem::path& folder);

/// The table into `folder`, which is made when missing. Throws InputError when it cannot be
/// written.
void write_channel_errors(const sweep::ChannelErrors& errors, const std::filesystem::path& folder);

}  // namespace brownout::report
