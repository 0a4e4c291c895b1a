// SPDX-License-Identifier: Apache-2.0
// Columns of text for a terminal (layer 5).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace brownout::sweep {

/// A column; neighbours of the same non-empty group share one heading above their titles.
struct TextColumn {
  std::string group;
  std::string title;
  bool left = false;  ///< aligned left, as texts are; numbers go right
};

class TextTable {
 public:
  explicit TextTable(std::vector<TextColumn> columns);

  /// One cell per column.
  void add_row(std::vector<std::string> cells);

  /// Headings, a rule and the rows, each line ended, none with trailing blanks.
  [[nodiscard]] std::string text() const;

 private:
  [[nodiscard]] std::vector<std::size_t> widths() const;
  [[nodiscard]] std::string group_line(const std::vector<std::size_t>& widths) const;
  [[nodiscard]] std::string line(const std::vector<std::string>& cells,
                                 const std::vector<std::size_t>& widths) const;

  std::vector<TextColumn> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace brownout::sweep
