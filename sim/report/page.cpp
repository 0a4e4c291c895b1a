// SPDX-License-Identifier: Apache-2.0
#include "sim/report/page.h"

#include <fmt/format.h>

#include <optional>

#include "sim/report/html.h"
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

std::string generator_tile(const PointResult& point, const std::string& where) {
  if (!point.has_generator()) return "";
  const Picojoules spent = sweep::total(point.generator_energies);
  const sweep::EnergyUnit unit = sweep::energy_unit(point.total_energy());
  return tile(
      "Of it the generator " + where, fmt::format("{} {}", unit.text(spent), unit.name),
      fmt::format("{}, placement {}: {} % of the energy; one image every {} when pipelined",
                  point.generator, point.placement, percent(spent / point.total_energy(), 1),
                  sweep::time_text(point.pipelined)));
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
         generator_tile(point, where) +
         tile("Time per image", sweep::time_text(point.time),
              sweep::thousands(point.cycles.count()) + " cycles, batch 1") +
         good_voltage_tile(summary) + "</div>\n";
}

std::string lead(const Results& results, const Summary& summary) {
  const Manifest& manifest = results.manifest;
  std::string text = fmt::format("{} parameters, {} multiply-accumulates an image, data set {}; ",
                                 sweep::thousands(manifest.parameters),
                                 sweep::thousands(manifest.macs), manifest.dataset);
  if (manifest.placement != sweep::kNoGenerator) {
    text += fmt::format("behind a generator of {} and {}; ",
                        sweep::thousands(manifest.generator_parameters),
                        sweep::thousands(manifest.generator_macs));
  }
  if (manifest.rail.empty()) {
    return text +
           fmt::format("chip {}, one operating point", results.points.front().point.chip.value());
  }
  const std::size_t chips =
      summary.voltages.empty() ? 0 : summary.voltages.front().accuracies.size();
  return text + fmt::format("rail '{}' at {} voltages on {} chip{}", manifest.rail,
                            summary.voltages.size(), chips, chips == 1 ? "" : "s");
}

std::string provenance(const Manifest& manifest) {
  std::string html = "<h2>Where the numbers come from</h2>\n<div class=\"card\"><dl>\n";
  for (const sweep::Source& source : manifest.sources) html += entry(source.what, source.text);
  html +=
      entry("network", fmt::format("{}, CRC-32 {:08x}", manifest.network, manifest.network_crc)) +
      (manifest.placement == sweep::kNoGenerator
           ? ""
           : entry("generator", fmt::format("{} ({}), CRC-32 {:08x}", manifest.generator,
                                            manifest.placement, manifest.generator_crc))) +
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
  const std::string title = fmt::format("{} on {} with {} memory", manifest.network,
                                        manifest.accelerator, manifest.memory);
  std::string html;
  html += tiles(summary) + figures_html("Plots", figures);
  if (!summary.voltages.empty()) {
    html += "<h2>Operating points</h2>\n" + voltage_table(summary);
  }
  html += "<h2>Layers, one image at the highest voltage</h2>\n" + layer_table(results);
  return html_page(title, lead(results, summary), html + provenance(manifest));
}

}  // namespace brownout::report
