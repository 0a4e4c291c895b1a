// SPDX-License-Identifier: Apache-2.0
#include "sim/report/page_parts.h"

#include <fmt/format.h>

#include "sim/report/html.h"
#include "sim/report/plot_style.h"

namespace brownout::report {

std::string html_page(const std::string& title, const std::string& lead, const std::string& body) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{0}</title>\n<style>{1}</style></head>\n<body><main>\n<h1>{0}</h1>\n"
      "<p class=\"lead\">{2}</p>\n{3}</main></body></html>\n",
      escape(title), style_sheet(), escape(lead), body);
}

std::string tile(const std::string& what, const std::string& figure, const std::string& more) {
  return fmt::format(
      "<div class=\"tile\"><span class=\"what\">{}</span><b>{}</b><span "
      "class=\"more\">{}</span></div>\n",
      escape(what), escape(with_micro(figure)), escape(more));
}

std::string figures_html(const std::string& heading, const std::vector<Figure>& figures) {
  std::string html = fmt::format("<h2>{}</h2>\n<div class=\"figures\">\n", escape(heading));
  for (const Figure& figure : figures) {
    html += fmt::format("<figure{}><h3>{}</h3>\n{}\n<figcaption>{}</figcaption></figure>\n",
                        figure.wide ? " class=\"wide\"" : "", escape(figure.title), figure.svg,
                        escape(figure.caption));
  }
  return html + "</div>\n";
}

std::string entry(const std::string& what, const std::string& text) {
  return fmt::format("<dt>{}</dt><dd>{}</dd>\n", escape(what), escape(text));
}

}  // namespace brownout::report
