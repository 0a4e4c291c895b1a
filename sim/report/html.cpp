// SPDX-License-Identifier: Apache-2.0
#include "sim/report/html.h"

#include <fmt/format.h>

namespace brownout::report {
namespace {

std::string row_html(const std::vector<std::string>& cells, const char* tag, std::size_t left) {
  std::string html = "<tr>";
  for (std::size_t i = 0; i < cells.size(); ++i) {
    html +=
        fmt::format("<{0}{1}>{2}</{0}>", tag, i < left ? " class=\"text\"" : "", escape(cells[i]));
  }
  return html + "</tr>\n";
}

}  // namespace

std::string escape(const std::string& text) {
  std::string html;
  html.reserve(text.size());
  for (const char letter : text) {
    switch (letter) {
      case '&':
        html += "&amp;";
        break;
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '"':
        html += "&quot;";
        break;
      case '\'':
        html += "&#39;";
        break;
      default:
        html += letter;
    }
  }
  return html;
}

std::string html_table(const std::vector<std::string>& titles,
                       const std::vector<std::vector<std::string>>& rows, std::size_t left) {
  std::string html = "<div class=\"scroll\"><table>\n<thead>" + row_html(titles, "th", left) +
                     "</thead>\n<tbody>\n";
  for (const auto& row : rows) html += row_html(row, "td", left);
  return html + "</tbody></table></div>\n";
}

const char* style_sheet() {
  return R"css(
:root { --ink: #1c2430; --soft: #5b6675; --line: #dfe4ea; --paper: #fff; --ground: #f5f7f9; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
main { max-width: 1280px; margin: 0 auto; padding: 28px 24px 64px; }
h1 { font-size: 26px; line-height: 1.25; margin: 0 0 4px; }
h2 { font-size: 18px; margin: 40px 0 10px; }
p.lead { color: var(--soft); margin: 0 0 20px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(230px, 1fr)); gap: 14px; }
.tile, figure, .card { background: var(--paper); border: 1px solid var(--line); border-radius: 8px; }
.tile { padding: 12px 16px; }
.tile b { display: block; font-size: 23px; font-weight: 600; }
.tile .what { color: var(--soft); font-size: 13px; }
.tile .more { font-size: 13px; }
.figures { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 16px; }
figure { margin: 0; padding: 12px 14px; }
figure.wide { grid-column: 1 / -1; }
figure h3 { font-size: 15px; margin: 0 0 4px; }
figure svg { display: block; width: 100%; height: auto; }
figure svg text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
figcaption { color: var(--soft); font-size: 13px; margin-top: 4px; }
p.note { color: var(--soft); font-size: 13px; margin: 0 0 8px; }
.scroll { overflow-x: auto; background: var(--paper); border: 1px solid var(--line);
  border-radius: 8px; }
table { border-collapse: collapse; width: 100%; font-size: 13px;
  font-variant-numeric: tabular-nums; }
th, td { padding: 5px 8px; text-align: right; white-space: nowrap; }
th { white-space: normal; vertical-align: bottom; color: var(--soft); font-weight: 600; border-bottom: 1px solid var(--line); }
.text { text-align: left; }
tbody tr:nth-child(even) { background: #f8fafb; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 18px; margin: 0;
  padding: 12px 16px; font-size: 14px; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
pre { margin: 0; padding: 12px 16px; overflow-x: auto; font-size: 12.5px; line-height: 1.45; }
code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
summary { cursor: pointer; padding: 10px 16px; }
@media (max-width: 900px) { .figures { grid-template-columns: 1fr; } }
@media print { body { background: #fff; } figure, .tile { break-inside: avoid; } }
)css";
}

}  // namespace brownout::report
