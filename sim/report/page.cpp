// SPDX-License-Identifier: Apache-2.0
#include "sim/report/page.h"

#include <fmt/format.h>

#include <optional>

#include "sim/report/html.h"
#include "sim/report/plot_style.h"
#include "sim/report/tables.h"
#include "sim/sweep/wording.h"

namespace brownout::report {
namespace {

using sweep::Manifest;
using sweep::percent;
using sweep::PointResult;
using sweep::Results;
using sweep::Summary;
using sweep::VoltageSummary;

/// A loss of accuracy most users would still take.
constexpr double kAcceptableLoss = 0.01;

std::string tile(const std::string& what, const std::string& figure, const std::string& more) {
  return fmt::format(
      "<div class=\"tile\"><span class=\"what\">{}</span><b>{}</b><span "
      "class=\"more\">{}</span></div>\n",
      escape(what), escape(with_micro(figure)), escape(more));
}

/// The lowest voltage down to which every one loses less than kAcceptableLoss on average.
const VoltageSummary* lowest_good(const Summary& summary) {
  const VoltageSummary* good = nullptr;
  for (const VoltageSummary& voltage : summary.voltages) {
    if (summary.voltages.front().mean - voltage.mean >= kAcceptableLoss) break;
    good = &voltage;
  }
  return good;
}

std::string good_voltage_tile(const Summary& summary) {
  const VoltageSummary* good = lowest_good(summary);
  if (summary.voltages.size() < 2 || good == nullptr || good->savings.empty()) return "";
  const sweep::Saving& main = good->savings[sweep::main_saving(summary)];
  const sweep::Saving& all = good->savings.back();
  return tile("Lowest voltage losing under 1 point of accuracy",
              fmt::format("{:.4g} Vmin", good->any.point.voltage.count()),
              fmt::format("energy saved: {} {} %, {} {} %", main.of, percent(main.share, 1), all.of,
                          percent(all.share, 1)));
}

std::string tiles(const Summary& summary) {
  const PointResult& point = summary.nominal ? *summary.nominal : summary.voltages.front().any;
  const Interval interval = point.interval();
  const sweep::EnergyUnit unit = sweep::energy_unit(point.total_energy());
  const std::string where = fmt::format("at {:.4g} Vmin", point.point.voltage.count());
  return "<div class=\"tiles\">\n" +
         tile("Accuracy " + where, percent(point.accuracy(), 2) + " %",
              fmt::format("{} to {} % (95 % interval), {} images", percent(interval.lower, 2),
                          percent(interval.upper, 2), sweep::thousands(point.point.images))) +
         tile("Energy per image " + where,
              fmt::format("{} {}", unit.text(point.total_energy()), unit.name), "all components") +
         tile("Time per image", sweep::time_text(point.time),
              sweep::thousands(point.cycles.count()) + " cycles, batch 1") +
         good_voltage_tile(summary) + "</div>\n";
}

std::string lead(const Results& results, const Summary& summary) {
  const Manifest& manifest = results.manifest;
  std::string text = fmt::format("{} parameters, {} multiply-accumulates an image, data set {}; ",
                                 sweep::thousands(manifest.parameters),
                                 sweep::thousands(manifest.macs), manifest.dataset);
  if (manifest.rail.empty()) {
    return text +
           fmt::format("chip {}, one operating point", results.points.front().point.chip.value());
  }
  const std::size_t chips =
      summary.voltages.empty() ? 0 : summary.voltages.front().accuracies.size();
  return text + fmt::format("rail '{}' at {} voltages on {} chip{}", manifest.rail,
                            summary.voltages.size(), chips, chips == 1 ? "" : "s");
}

std::string figures_html(const std::vector<Figure>& figures) {
  std::string html = "<h2>Plots</h2>\n<div class=\"figures\">\n";
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

std::string provenance(const Manifest& manifest) {
  std::string html = "<h2>Where the numbers come from</h2>\n<div class=\"card\"><dl>\n";
  for (const sweep::Source& source : manifest.sources) html += entry(source.what, source.text);
  html +=
      entry("network", fmt::format("{}, CRC-32 {:08x}", manifest.network, manifest.network_crc)) +
      entry("images", fmt::format("{}, CRC-32 {:08x}", manifest.dataset, manifest.dataset_crc)) +
      entry("engine", manifest.engine) +
      entry("built from", fmt::format("Brownout {} ({})", manifest.version, manifest.revision));
  html += fmt::format("<dt>command</dt><dd><code>{}</code></dd>\n</dl></div>\n",
                      escape(manifest.command));
  return html + fmt::format(
                    "<h2>Configuration</h2>\n<details class=\"card\"><summary>All values, "
                    "defaults filled in</summary><pre>{}</pre></details>\n",
                    escape(manifest.config));
}

}  // namespace

std::string make_page(const Results& results, const Summary& summary,
                      const std::vector<Figure>& figures) {
  const Manifest& manifest = results.manifest;
  const std::string title = escape(fmt::format("{} on {} with {} memory", manifest.network,
                                               manifest.accelerator, manifest.memory));
  std::string html = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{0}</title>\n<style>{1}</style></head>\n<body><main>\n<h1>{0}</h1>\n"
      "<p class=\"lead\">{2}</p>\n",
      title, style_sheet(), escape(lead(results, summary)));
  html += tiles(summary) + figures_html(figures);
  if (!summary.voltages.empty()) {
    html += "<h2>Operating points</h2>\n" + voltage_table(summary);
  }
  html += "<h2>Layers, one image at the highest voltage</h2>\n" + layer_table(results);
  return html + provenance(manifest) + "</main></body></html>\n";
}

}  // namespace brownout::report
