// SPDX-License-Identifier: Apache-2.0
#include "sim/report/faults/count_plots.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/distributions/negative_binomial.hpp>
#include <boost/math/distributions/poisson.hpp>
#include <cmath>
#include <map>

#include "memory/validation/count_fits.h"
#include "memory/validation/measures.h"
#include "sim/report/plot_style.h"

namespace brownout::report {
namespace {

using memory::CellPlace;
using memory::FaultMap;
using memory::validation::kReach;
using memory::validation::Profile;

using Rows = std::vector<std::vector<double>>;

/// Counts of units (blocks, columns, words), those without faults too.
std::vector<double> counts_of(const FaultMap& map, std::size_t level, std::uint64_t units,
                              std::uint64_t (*unit_of)(const memory::MapGeometry&,
                                                       const CellPlace&)) {
  std::vector<double> counts(units);
  for (const memory::MapFault& fault : map.levels()[level].faults) {
    counts[unit_of(map.geometry(), map.geometry().place(fault.cell))] += 1;
  }
  return counts;
}

/// Share of units with at least n faults, at the n that occur.
Rows tail_rows(std::vector<double> counts) {
  std::sort(counts.begin(), counts.end());
  Rows rows;
  const auto all = static_cast<double>(counts.size());
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 0 || (i > 0 && counts[i] == counts[i - 1])) continue;
    rows.push_back({counts[i], (all - static_cast<double>(i)) / all});
  }
  return rows;
}

/// The same for a distribution, at a few n up to `highest`.
template <class Distribution>
Rows model_rows(const Distribution& distribution, double highest, double lowest_share) {
  Rows rows;
  for (double n = 1; n <= highest; n = std::max(n + 1, std::floor(n * 1.15))) {
    const double share = boost::math::cdf(boost::math::complement(distribution, n - 1));
    if (share < lowest_share) break;
    rows.push_back({n, share});
  }
  return rows;
}

struct Unit {
  const char* title;
  const char* caption;
  std::uint64_t (*units)(const memory::MapGeometry&);
  std::uint64_t (*unit_of)(const memory::MapGeometry&, const CellPlace&);
};

const std::vector<Unit>& unit_table() {
  using memory::MapGeometry;
  static const std::vector<Unit> kTable = {
      {"Faults of a block", "blocks", [](const MapGeometry& g) { return std::uint64_t{g.blocks}; },
       [](const MapGeometry& /*g*/, const CellPlace& p) { return std::uint64_t{p.block}; }},
      {"Faults of a column", "columns of all blocks",
       [](const MapGeometry& g) { return std::uint64_t{g.blocks} * g.word_bits; },
       [](const MapGeometry& g, const CellPlace& p) {
         return std::uint64_t{p.block} * g.word_bits + p.bit;
       }},
      {"Faults of a word", "words of all blocks",
       [](const MapGeometry& g) { return std::uint64_t{g.blocks} * g.rows; },
       [](const MapGeometry& g, const CellPlace& p) {
         return std::uint64_t{p.block} * g.rows + p.row;
       }}};
  return kTable;
}

std::string shape_text(const memory::validation::Estimate& k) {
  if (std::isinf(k.value)) return "k infinite: Poisson";
  return std::isinf(k.interval.upper)
             ? fmt::format("k = {:.3g}, at least {:.3g}", k.value, k.interval.lower)
             : fmt::format("k = {:.3g}, {:.3g} to {:.3g}", k.value, k.interval.lower,
                           k.interval.upper);
}

Plot count_plot(const FaultReport& report, const Unit& unit) {
  const std::uint64_t units = unit.units(report.map().geometry());
  const auto counts = counts_of(report.map(), report.level(), units, unit.unit_of);
  const Rows found = tail_rows(counts);
  double sum = 0;
  for (const double count : counts) sum += count;
  const double mean = sum / static_cast<double>(units);
  const double lowest = 0.3 / static_cast<double>(units);
  const double highest = found.back()[0] * 1.5;
  const auto k = memory::validation::fit_negative_binomial(counts);
  std::string script =
      preamble() + data_block("a", found) +
      data_block("poisson",
                 model_rows(boost::math::poisson_distribution<double>(mean), highest, lowest));
  std::string lines = fmt::format(
      "$poisson using 1:2 with lines dashtype 3 linewidth 1.5 linecolor '{}' title 'independent "
      "(Poisson)', ",
      kGrey);
  if (!std::isinf(k.value)) {
    const boost::math::negative_binomial_distribution<double> fitted(k.value,
                                                                     k.value / (k.value + mean));
    script += data_block("fit", model_rows(fitted, highest, lowest));
    lines += fmt::format(
        "$fit using 1:2 with lines dashtype 2 linewidth 1.5 linecolor '{}' title 'negative "
        "binomial through A', ",
        kBlue);
  }
  lines += fmt::format(
      "$a using 1:2 with points pointtype 7 pointsize 0.5 linecolor '{}' title 'A', ", kBlue);
  if (report.b) {
    const Rows other = tail_rows(counts_of(report.b->first, report.level(), units, unit.unit_of));
    if (!other.empty()) {
      script += data_block("b", other);
      lines += fmt::format(
          "$b using 1:2 with points pointtype 6 pointsize 0.5 linecolor '{}' title '{}', ",
          kVermilion, report.b->is_model ? "B, its first chip" : "B");
    }
  }
  script += fmt::format(
      "set xlabel 'faults'\nset ylabel 'share with at least so many'\nset logscale xy\n"
      "set format y '1e%T'\nset yrange [{}:*]\nset key top right Right\nplot {}NaN notitle\n",
      lowest, lines);
  return {unit.title,
          fmt::format("All {} {}; mean {:.3g}. Negative binomial by maximum likelihood: {}.", units,
                      unit.caption, mean, shape_text(k)),
          script, false};
}

std::string side_text(const std::string& name, bool is_b) {
  return fmt::format(
      "${} using 1:2:3:4 with yerrorbars pointtype 7 pointsize 0.5 linewidth 1.2 linecolor '{}' "
      "title '{}', ",
      name, is_b ? kVermilion : kBlue, is_b ? "B" : "A");
}

/// Distance, found over expected pairs, and the 95 % range of Poisson counts around it.
Rows correlation_rows(const Profile& profile, const memory::MapGeometry& geometry, bool along_words,
                      double shift) {
  using memory::validation::expected_at_distance;
  const double same = along_words ? profile.same_word : profile.same_column;
  const auto& pairs = along_words ? profile.bit_distance : profile.word_distance;
  const std::uint32_t length = along_words ? geometry.word_bits : geometry.rows;
  Rows rows;
  for (std::size_t distance = 1; distance <= kReach; ++distance) {
    const double expected = same * expected_at_distance(length, distance);
    if (expected == 0) continue;
    const double found = pairs[distance - 1];
    const double error = 1.96 * std::sqrt(std::max(found, 1.0));
    rows.push_back({static_cast<double>(distance) + shift, found / expected,
                    std::max(0.0, found - error) / expected, (found + error) / expected});
  }
  return rows;
}

}  // namespace

std::vector<Plot> count_plots(const FaultReport& report) {
  std::vector<Plot> plots;
  if (report.map().levels()[report.level()].faults.empty()) return plots;
  for (const Unit& unit : unit_table()) plots.push_back(count_plot(report, unit));
  return plots;
}

std::vector<Plot> correlation_plots(const FaultReport& report) {
  std::vector<Plot> plots;
  const auto& geometry = report.map().geometry();
  for (const bool along_words : {false, true}) {
    std::string script = preamble();
    std::string lines;
    for (const bool is_b : {false, true}) {
      if (is_b && !report.b) continue;
      const Profile profile = memory::validation::total((is_b ? *report.b : report.a).chips);
      const Rows rows =
          correlation_rows(profile, geometry, along_words, report.b ? (is_b ? 0.1 : -0.1) : 0);
      if (rows.empty()) continue;
      const std::string name = is_b ? "b" : "a";
      script += data_block(name, rows);
      lines += side_text(name, is_b);
    }
    if (lines.empty()) continue;
    script += fmt::format(
        "set xlabel '{}'\nset xrange [0.5:{}.5]\nset xtics 1\nset ylabel 'pairs / independent'\n"
        "set yrange [0:*]\nset key top right Right\nplot 1 with lines linecolor '{}' notitle, "
        "{}NaN notitle\n",
        along_words ? "bits apart in a word" : "words apart in a column", kReach, kGrey, lines);
    plots.push_back({along_words ? "Pairs along a word" : "Pairs along a column",
                     "Pairs of failing cells at each distance over those expected of as many cells "
                     "placed at random on the same lines: 1 is independent. Bars: 95 % of Poisson "
                     "counts.",
                     script, false});
  }
  return plots;
}

std::optional<Plot> reads_plot(const FaultReport& report) {
  const memory::MapLevel& level = report.map().levels()[report.level()];
  if (level.reads < 2 || level.faults.empty()) return {};
  const auto shares = [](const memory::MapLevel& from) {
    std::map<std::uint32_t, double> counts;
    for (const memory::MapFault& fault : from.faults) counts[fault.failures] += 1;
    Rows rows;
    for (const auto& [failures, count] : counts) {
      rows.push_back({static_cast<double>(failures) / from.reads,
                      count / static_cast<double>(from.faults.size())});
    }
    return rows;
  };
  std::string script = preamble() + data_block("a", shares(level));
  std::string lines =
      fmt::format("$a using 1:2 with impulses linewidth 4 linecolor '{}' title 'A', ", kBlue);
  if (report.b) {
    const memory::MapLevel& other = report.b->first.levels()[report.level()];
    if (other.reads > 1 && !other.faults.empty()) {
      script += data_block("b", shares(other));
      lines += fmt::format(
          "$b using 1:2 with points pointtype 7 pointsize 0.6 linecolor '{}' title '{}', ",
          kVermilion, report.b->is_model ? "B, its first chip" : "B");
    }
  }
  script +=
      "set xlabel 'share of reads that fail'\nset xrange [0:1.03]\nset ylabel 'share of "
      "failing cells'\nset yrange [0:*]\nset key top left Left reverse\nplot " +
      lines + "NaN notitle\n";
  return Plot{"Repeated reads",
              fmt::format("{} reads of each cell; cells that never failed are not in the map.",
                          level.reads),
              script, false};
}

}  // namespace brownout::report
