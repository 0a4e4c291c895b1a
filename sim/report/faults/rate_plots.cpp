// SPDX-License-Identifier: Apache-2.0
#include "sim/report/faults/rate_plots.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "memory/validation/probit_fit.h"
#include "sim/core/error.h"
#include "sim/core/statistics.h"
#include "sim/report/plot_style.h"

namespace brownout::report {
namespace {

using memory::validation::ProbitFit;
using memory::validation::Profile;
using memory::validation::RateInterval;
using memory::validation::RateRow;
using memory::validation::Sample;

using Rows = std::vector<std::vector<double>>;

constexpr double kLineSteps = 60;

double step_of(const std::vector<RateRow>& rates) {
  double step = 0.05 * rates.front().voltage;
  for (std::size_t i = 1; i < rates.size(); ++i) {
    step = std::min(step, rates[i - 1].voltage - rates[i].voltage);
  }
  return step;
}

std::string voltage_axis(const FaultReport& report) {
  const double room = step_of(report.rates) * 0.7;
  return fmt::format("set xlabel 'supply voltage, {}'\nset xrange [{}:{}]\n", report.map().unit(),
                     report.rates.back().voltage - room, report.rates.front().voltage + room);
}

/// A's line; none when too few voltages fail.
std::optional<ProbitFit> line_of(const FaultReport& report) {
  try {
    return memory::validation::fit_probit(memory::validation::first_failures(report.map()));
  } catch (const InputError&) {
    return {};
  }
}

/// Points shown beside each other where both sides have one.
double shifted(const FaultReport& report, double voltage, bool is_b) {
  const double shift = report.b ? step_of(report.rates) * 0.06 : 0;
  return voltage + (is_b ? shift : -shift);
}

struct Series {
  Rows seen;   ///< voltage, rate, lower and upper end
  Rows clean;  ///< voltage, upper end
};

Series series_of(const FaultReport& report, bool is_b) {
  Series series;
  for (const RateRow& row : report.rates) {
    const RateInterval& side = is_b ? row.b : row.a;
    const double v = shifted(report, row.voltage, is_b);
    if (side.faults > 0) {
      series.seen.push_back({v, side.rate(), side.interval.lower, side.interval.upper});
    } else {
      series.clean.push_back({v, side.interval.upper});
    }
  }
  return series;
}

std::string series_text(const Series& series, const char* name, const char* color) {
  std::string text;
  if (!series.seen.empty()) {
    text += fmt::format(
        "$seen{0} using 1:2:3:4 with yerrorbars pointtype 7 pointsize 0.5 linewidth 1.5 linecolor "
        "'{1}' title '{0}', ",
        name, color);
  }
  if (!series.clean.empty()) {
    text += fmt::format(
        "$clean{0} using 1:2 with points pointtype 11 pointsize 0.8 linecolor '{1}' title '{0}: "
        "none, upper end', ",
        name, color);
  }
  return text;
}

Rows line_rows(const FaultReport& report, const ProbitFit& fit) {
  Rows rows;
  const double low = report.rates.back().voltage;
  const double high = report.rates.front().voltage;
  for (double i = 0; i <= kLineSteps; ++i) {
    const double v = low + (high - low) * i / kLineSteps;
    const double rate = fit.rate(v);
    if (rate > 1e-15) rows.push_back({v, rate});
  }
  return rows;
}

/// The profile of all chips of a side.
Profile all_of(const Sample& sample) { return memory::validation::total(sample.chips); }

Rows inclusion_rows(const FaultReport& report, const Sample& sample, bool is_b) {
  Rows rows;
  const Profile profile = all_of(sample);
  for (std::size_t i = 1; i < profile.levels.size(); ++i) {
    const auto before = static_cast<std::uint64_t>(profile.levels[i].before);
    const auto kept = static_cast<std::uint64_t>(profile.levels[i].kept);
    if (before == 0) continue;
    const Interval interval = clopper_pearson(kept, before, 0.95);
    rows.push_back({shifted(report, report.rates[i].voltage, is_b),
                    100 * profile.levels[i].kept / profile.levels[i].before, 100 * interval.lower,
                    100 * interval.upper});
  }
  return rows;
}

}  // namespace

std::optional<Plot> failing_plot(const FaultReport& report) {
  const Series a = series_of(report, false);
  if (a.seen.empty()) return {};
  std::string script = preamble() + data_block("seenA", a.seen) + data_block("cleanA", a.clean);
  std::string lines = series_text(a, "A", kBlue);
  if (report.b) {
    const Series b = series_of(report, true);
    script += data_block("seenB", b.seen) + data_block("cleanB", b.clean);
    lines += series_text(b, "B", kVermilion);
  }
  if (const auto fit = line_of(report)) {
    script += data_block("line", line_rows(report, *fit));
    lines = fmt::format(
                "$line using 1:2 with lines dashtype 2 linewidth 1.2 linecolor '{}' title 'probit "
                "line through A', ",
                kGrey) +
            lines;
  }
  script += voltage_axis(report) +
            "set ylabel 'share of failing cells'\nset logscale y\nset format y '1e%T'\n"
            "set key top right Right\nplot " +
            lines + "NaN notitle\n";
  return Plot{"Bit-error rate against voltage",
              "Bars: Clopper-Pearson intervals, 95 %, of counting alone; where cells fail together "
              "chips scatter more.",
              script, false};
}

std::optional<Plot> residual_plot(const FaultReport& report) {
  const auto fit = line_of(report);
  if (!fit) return {};
  std::string script = preamble();
  std::string lines;
  for (const bool is_b : {false, true}) {
    if (is_b && !report.b) continue;
    Rows rows;
    for (const RateRow& row : report.rates) {
      const RateInterval& side = is_b ? row.b : row.a;
      if (side.faults == 0 || side.faults >= side.cells) continue;
      const double z = (fit->mu.value - row.voltage) / fit->sigma.value;
      rows.push_back({shifted(report, row.voltage, is_b), probit(side.rate()) - z,
                      probit(side.interval.lower) - z, probit(side.interval.upper) - z});
    }
    if (rows.empty()) continue;
    const char* name = is_b ? "B" : "A";
    script += data_block(fmt::format("r{}", name), rows);
    lines += fmt::format(
        "$r{0} using 1:2:3:4 with yerrorbars pointtype 7 pointsize 0.5 linewidth 1.5 linecolor "
        "'{1}' title '{0}', ",
        name, is_b ? kVermilion : kBlue);
  }
  script += voltage_axis(report) +
            "set ylabel 'distance from the line, probit units'\nset key top right Right\nplot " +
            lines + fmt::format("0 with lines linecolor '{}' notitle\n", kGrey);
  return Plot{
      "Residuals of the probit line",
      fmt::format("The line through A: cell failure voltages normal, median {:.4g} {}, standard "
                  "deviation {:.4g} {}. Bars as in the plot of rates.",
                  fit->mu.value, report.map().unit(), fit->sigma.value, report.map().unit()),
      script, false};
}

std::optional<Plot> inclusion_plot(const FaultReport& report) {
  const Rows a = inclusion_rows(report, report.a, false);
  if (a.empty()) return {};
  std::string script = preamble() + data_block("a", a);
  std::string lines = fmt::format(
      "$a using 1:2:3:4 with yerrorbars pointtype 7 pointsize 0.5 linewidth 1.5 linecolor '{}' "
      "title 'A', ",
      kBlue);
  const Rows b = report.b ? inclusion_rows(report, *report.b, true) : Rows();
  if (!b.empty()) {
    script += data_block("b", b);
    lines += fmt::format(
        "$b using 1:2:3:4 with yerrorbars pointtype 7 pointsize 0.5 linewidth 1.5 linecolor '{}' "
        "title 'B', ",
        kVermilion);
  }
  script += voltage_axis(report) +
            "set ylabel 'still failing, %'\nset yrange [*:100.5]\nset key bottom right Right\n"
            "plot " +
            lines + "NaN notitle\n";
  return Plot{"Inclusion",
              "Of the cells that failed one voltage higher, those that fail here too. Bars: "
              "Clopper-Pearson, 95 %.",
              script, false};
}

}  // namespace brownout::report
