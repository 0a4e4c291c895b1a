// SPDX-License-Identifier: Apache-2.0
// Pieces of HTML (layer 5).
#pragma once

#include <string>
#include <vector>

namespace brownout::report {

/// `text` as HTML shows it, also inside attributes.
[[nodiscard]] std::string escape(const std::string& text);

/// A table of texts, escaped; all columns but the first `left` are aligned right as numbers.
[[nodiscard]] std::string html_table(const std::vector<std::string>& titles,
                                     const std::vector<std::vector<std::string>>& rows,
                                     std::size_t left);

/// The style sheet of reports.
[[nodiscard]] const char* style_sheet();

}  // namespace brownout::report
