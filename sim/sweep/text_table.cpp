// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/text_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "sim/core/error.h"

namespace brownout::sweep {
namespace {

constexpr const char* kGap = "  ";

/// Characters of UTF-8 text.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char letter) {
    return (static_cast<unsigned char>(letter) & 0xC0U) != 0x80U;
  }));
}

std::string without_trailing_blanks(std::string text) {
  text.erase(text.find_last_not_of(' ') + 1);
  return text + "\n";
}

/// `text` in the middle of a rule of dashes.
std::string banner(const std::string& text, std::size_t width) {
  const std::size_t rest = width - std::min(width, width_of(text) + 2);
  return std::string(rest / 2, '-') + " " + text + " " + std::string(rest - rest / 2, '-');
}

}  // namespace

TextTable::TextTable(std::vector<TextColumn> columns) : columns_(std::move(columns)) {}

void TextTable::add_row(std::vector<std::string> cells) {
  require(cells.size() == columns_.size(), "a table row has one cell per column");
  rows_.push_back(std::move(cells));
}

std::vector<std::size_t> TextTable::widths() const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t width = width_of(columns_[i].title);
    for (const auto& row : rows_) width = std::max(width, width_of(row[i]));
    widths.push_back(width);
  }
  // A group's heading needs room over its columns; the last of them gives it.
  for (std::size_t begin = 0, end = 0; begin < columns_.size(); begin = end) {
    end = begin + 1;
    std::size_t width = widths[begin];
    while (end < columns_.size() && columns_[end].group == columns_[begin].group) {
      width += 2 + widths[end++];
    }
    const std::size_t needed =
        columns_[begin].group.empty() ? 0 : width_of(columns_[begin].group) + 2;
    if (needed > width) widths[end - 1] += needed - width;
  }
  return widths;
}

std::string TextTable::group_line(const std::vector<std::size_t>& widths) const {
  std::string text;
  for (std::size_t begin = 0, end = 0; begin < columns_.size(); begin = end) {
    end = begin + 1;
    std::size_t width = widths[begin];
    while (end < columns_.size() && columns_[end].group == columns_[begin].group) {
      width += 2 + widths[end++];
    }
    const std::string& group = columns_[begin].group;
    text +=
        (begin == 0 ? "" : kGap) + (group.empty() ? std::string(width, ' ') : banner(group, width));
  }
  return without_trailing_blanks(text);
}

std::string TextTable::line(const std::vector<std::string>& cells,
                            const std::vector<std::size_t>& widths) const {
  std::string text;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string blanks(widths[i] - width_of(cells[i]), ' ');
    text += (i == 0 ? "" : kGap) + (columns_[i].left ? cells[i] + blanks : blanks + cells[i]);
  }
  return without_trailing_blanks(text);
}

std::string TextTable::text() const {
  const std::vector<std::size_t> sizes = widths();
  const bool grouped = std::any_of(columns_.begin(), columns_.end(),
                                   [](const TextColumn& column) { return !column.group.empty(); });
  std::vector<std::string> titles;
  for (const TextColumn& column : columns_) titles.push_back(column.title);
  const std::size_t width =
      std::accumulate(sizes.begin(), sizes.end(), 2 * (sizes.size() - std::size_t{1}));
  std::string text = grouped ? group_line(sizes) : "";
  text += line(titles, sizes) + std::string(width, '-') + "\n";
  for (const auto& row : rows_) text += line(row, sizes);
  return text;
}

}  // namespace brownout::sweep
