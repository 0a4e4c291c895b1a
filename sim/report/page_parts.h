// SPDX-License-Identifier: Apache-2.0
// What pages of reports are made of (layer 5): the frame, tiles of key figures, plots.
#pragma once

#include <string>
#include <vector>

namespace brownout::report {

struct Figure {
  std::string svg;  ///< or any other HTML, as it is
  std::string title;
  std::string caption;
  bool wide = false;
};

/// A whole page around `body`, which is HTML; the other texts are escaped.
[[nodiscard]] std::string html_page(const std::string& title, const std::string& lead,
                                    const std::string& body);

/// A key figure with what it is and what else is to know.
[[nodiscard]] std::string tile(const std::string& what, const std::string& figure,
                               const std::string& more);

/// `figures` side by side under a heading.
[[nodiscard]] std::string figures_html(const std::string& heading,
                                       const std::vector<Figure>& figures);

/// A term of a list of definitions.
[[nodiscard]] std::string entry(const std::string& what, const std::string& text);

}  // namespace brownout::report
