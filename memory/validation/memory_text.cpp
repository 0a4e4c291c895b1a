// SPDX-License-Identifier: Apache-2.0
// A fitted model as a memory file (layer 2).
#include <fmt/format.h>

#include <cmath>

#include "memory/validation/model_fit.h"
#include "sim/core/error.h"

namespace brownout::memory::validation {
namespace {

constexpr std::uint32_t kWidestWord = 64;

std::string interval_text(const Estimate& estimate) {
  return fmt::format("{:.4g} to {:.4g}", estimate.interval.lower, estimate.interval.upper);
}

std::string curve_text(const ModelFit& fit, const FaultMap& map) {
  std::string text = fit.is_line
                         ? fmt::format(
                               "  # On the probit line: median failure voltage {:.6g} {}, "
                               "standard deviation {:.6g} {}.\n",
                               fit.line.mu.value, map.unit(), fit.line.sigma.value, map.unit())
                         : "  # As measured.\n";
  if (fit.failures) {
    text += fmt::format("  # Of the cells that can fail, the map shows {:.4g}.\n", fit.seen());
  }
  text += "  points:\n";
  for (const FittedPoint& point : fit.points) {
    const double ratio = point.voltage / fit.vmin;
    text += fmt::format("    - {{voltage: {:.10g} {}, ber: {:.6e}, energy: {:.6f}}}\n",
                        point.voltage, map.unit(), point.rate, ratio * ratio);
  }
  return text;
}

std::string shape_text(const char* name, const Estimate& k) {
  return std::isfinite(k.value)
             ? fmt::format("    {}: {:.6g}   # {}\n", name, k.value, interval_text(k))
             : fmt::format("    {}: 0   # not needed; above {:.3g}\n", name, k.interval.lower);
}

std::string faults_text(const ModelFit& fit) {
  std::string text = "faults:\n";
  const std::string ones =
      fit.share_of_ones ? fmt::format("share_of_ones: {:.6g}   # {}\n", fit.share_of_ones->value,
                                      interval_text(*fit.share_of_ones))
                        : "share_of_ones: 0.5   # not in the map\n";
  if (fit.failures) {
    const FailProbability& p = fit.failures->probability;
    text += fmt::format(
        "  mechanisms:\n    - mechanism: random_read\n      {}      # mean {:.4g}, {}\n"
        "      probability: {{always: {:.6g}, alpha: {:.6g}, beta: {:.6g}}}\n",
        ones, fit.failures->mean.value, interval_text(fit.failures->mean), p.always, p.alpha,
        p.beta);
  } else {
    text += "  mechanism: stuck_at\n  " + ones;
  }
  if (fit.spatial && !fit.spatial->config().empty()) {
    text += "  spatial:   # gamma shapes\n" + shape_text("macros", fit.spatial->macros) +
            shape_text("columns", fit.spatial->columns) + shape_text("rows", fit.spatial->rows);
  }
  return text;
}

/// The narrowest word of our memories that holds the map's.
std::uint32_t word_bits_of(const MapGeometry& geometry) {
  std::uint32_t bits = 8;
  while (bits < std::min(geometry.word_bits, kWidestWord)) bits *= 2;
  return bits;
}

}  // namespace

std::string memory_text(const ModelFit& fit, const FaultMap& map, const std::string& name) {
  std::string text = fmt::format(
      "# Fitted by 'brownout faults fit'; comments are 95 % intervals.\nname: {}\n"
      "source: fitted to a map of {} cells ({})\n",
      name, map.geometry().cells(), map.geometry().text());
  if (!map.relative_to_vmin()) {
    text +=
        fmt::format("vmin: {:.10g} V   # {}\n", fit.vmin,
                    fit.vmin_is_measured ? "lowest measured fault-free voltage" : "not measured");
  }
  text += "curve:\n  interpolation: probit\n" + curve_text(fit, map);
  text += fmt::format("macro: {{rows: {}, word_bits: {}}}\n", map.geometry().rows,
                      word_bits_of(map.geometry()));
  text += faults_text(fit);
  text +=
      "energy: {read: 0 pJ, write: 0 pJ, of: 8 KiB, size_exponent: 0, source: not in a fault map; "
      "give your own to count it, size_source: not in a fault map}\n"
      "leakage: {per_bit: 0 pW, exponent: 1, source: not in a fault map}\n";
  return text;
}

}  // namespace brownout::memory::validation
