// SPDX-License-Identifier: Apache-2.0
#include "sim/report/plot_style.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sim/sweep/wording.h"

namespace brownout::report {
namespace {

using Color = std::pair<const char*, const char*>;

constexpr const char* kUnknownColor = "#444444";
constexpr std::size_t kMostRateLabels = 9;

constexpr std::array<Color, 10> kComponentColors = {{{"filter_sram", kVermilion},
                                                     {"ifmap_sram", "#E69F00"},
                                                     {"ofmap_sram", "#F0D060"},
                                                     {"ecc", "#8A5A00"},
                                                     {"array", kBlue},
                                                     {"vector", "#56B4E9"},
                                                     {"dram", "#A7AFBA"},
                                                     {"leakage", "#CC79A7"},
                                                     {"rail_ramps", "#444444"},
                                                     {"outside", "#B07AA1"}}};

constexpr std::array<Color, 8> kActivityColors = {{{"cycles_fill", "#7FC4EE"},
                                                   {"cycles_compute", kBlue},
                                                   {"cycles_drain", "#B9DDF3"},
                                                   {"cycles_vector", "#009E73"},
                                                   {"cycles_stall_ifmap", "#E69F00"},
                                                   {"cycles_stall_filter", kVermilion},
                                                   {"cycles_stall_ofmap", "#CC79A7"},
                                                   {"cycles_rail_ramp", "#444444"}}};

template <std::size_t N>
const char* find_color(const std::array<Color, N>& colors, const std::string& name) {
  for (const auto& [known, color] : colors) {
    if (name == known) return color;
  }
  return kUnknownColor;
}

/// 0.0557 as `5.6%`, 1.9e-6 as `2e-6`: short enough to stand side by side.
std::string short_rate(double rate) {
  if (rate == 0) return "0";
  if (rate >= 1e-3) return fmt::format("{:.2g}%", rate * 100);
  std::string text = fmt::format("{:.0e}", rate);
  const std::size_t zero = text.find("e-0");
  if (zero != std::string::npos) text.erase(zero + 2, 1);
  return text;
}

std::string voltage_range(const sweep::Summary& summary) {
  const double room = voltage_step(summary) * 0.7;
  return fmt::format("[{}:{}]", summary.voltages.back().any.point.voltage.count() - room,
                     summary.voltages.front().any.point.voltage.count() + room);
}

}  // namespace

std::string preamble(int width, int height) {
  return fmt::format(
      "set terminal svg size {},{} dynamic noenhanced font 'sans-serif,13' background '#ffffff'\n"
      "set encoding utf8\n"
      "set border 3 linecolor '#8a94a3' linewidth 1\n"
      "set tics nomirror out scale 0.6 textcolor rgb '#1c2430'\n"
      "set grid ytics linetype 1 linecolor '#e6eaef' linewidth 1\n"
      "set style fill solid 1 noborder\n"
      "set key samplen 1.6 spacing 1.15 textcolor rgb '#1c2430'\n",
      width, height);
}

std::string text_constant(const std::string& text) {
  std::string constant = "'";
  for (const char letter : text) {
    if (letter == '\'') constant += '\'';
    constant += static_cast<unsigned char>(letter) < ' ' ? ' ' : letter;
  }
  return constant + "'";
}

std::string tic(const std::string& text, double position) {
  std::string literal;
  for (const char letter : text)
    literal += letter == '%' ? std::string("%%") : std::string(1, letter);
  return fmt::format("{} {}", text_constant(literal), position);
}

std::string quoted_word(const std::string& text) {
  std::string word = "\"";
  for (const char letter : text) {
    const bool plain = static_cast<unsigned char>(letter) >= ' ' && letter != '"' && letter != '\\';
    word += plain ? letter : ' ';
  }
  return word + "\"";
}

std::string data_block(const std::string& name, const std::vector<std::vector<double>>& rows) {
  std::string text = "$" + name + " << EOD\n";
  for (const auto& row : rows) text += fmt::format("{}\n", fmt::join(row, " "));
  return text + "EOD\n";
}

double voltage_step(const sweep::Summary& summary) {
  double step = 0.05;
  for (std::size_t i = 1; i < summary.voltages.size(); ++i) {
    const double gap = summary.voltages[i - 1].any.point.voltage.count() -
                       summary.voltages[i].any.point.voltage.count();
    step = i == 1 ? gap : std::min(step, gap);
  }
  return step;
}

std::string voltage_axis(const sweep::Summary& summary) {
  return fmt::format("set xrange {}\nset xlabel 'supply voltage, V/Vmin'\n",
                     voltage_range(summary));
}

std::string rate_axis(const sweep::Summary& summary) {
  const auto& voltages = summary.voltages;
  const memory::GroupId group = sweep::main_group(summary);
  const std::size_t stride = (voltages.size() + kMostRateLabels - 1) / kMostRateLabels;
  std::vector<std::string> rates;
  for (std::size_t i = 0; i < voltages.size(); i += stride) {
    const sweep::PointResult& point = voltages[i].any;
    rates.push_back(tic(short_rate(point.bit_error_rates[group]), point.point.voltage.count()));
  }
  return fmt::format(
      "set x2range {}\n"
      "set x2label 'bit-error rate ({})' offset 0,-0.4 textcolor rgb '{}'\n"
      "set x2tics scale 0 offset 0,-0.4 textcolor rgb '{}' ({})\n",
      voltage_range(summary), sweep::buffer_label(group), kGrey, kGrey, fmt::join(rates, ", "));
}

std::string with_micro(std::string text) {
  for (const char* unit : {"uJ", "us"}) {
    const std::size_t at = text.rfind(unit);
    // Only at the end, after a blank or a comma: nothing but a unit stands there.
    if (at == std::string::npos || at + 2 != text.size() || at == 0 || text[at - 1] != ' ')
      continue;
    text.replace(at, 1, "\u00b5");
  }
  return text;
}

const char* buffer_color(memory::GroupId group) {
  return component_color(std::string(memory::group_name(group)) + "_sram");
}

const char* component_color(const std::string& component) {
  return find_color(kComponentColors, component);
}

const char* activity_color(const std::string& statistic) {
  return find_color(kActivityColors, statistic);
}

}  // namespace brownout::report
