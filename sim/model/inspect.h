// SPDX-License-Identifier: Apache-2.0
// A network layer by layer (layer 5): what `brownout model inspect` prints.
#pragma once

#include <string>

#include "models/graph.h"
#include "sim/sweep/channel_errors.h"
#include "sim/sweep/sensitivity.h"

namespace brownout::model {

/// What layers cost, as a table with totals, for a terminal.
[[nodiscard]] std::string inspect_text(const models::Graph& graph);

/// The same of layers that were measured, with the accuracy each costs, voltage by voltage.
[[nodiscard]] std::string inspect_text(const sweep::Sensitivities& sensitivities);

/// What failing cells do to the channels of each layer, voltage by voltage.
[[nodiscard]] std::string inspect_text(const sweep::ChannelErrors& errors);

}  // namespace brownout::model
