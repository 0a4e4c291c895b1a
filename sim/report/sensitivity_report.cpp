// SPDX-License-Identifier: Apache-2.0
#include "sim/report/sensitivity_report.h"

#include <fmt/format.h>

#include <array>
#include <string>
#include <system_error>
#include <vector>

#include "sim/core/atomic_file.h"
#include "sim/core/error.h"
#include "sim/report/gnuplot.h"
#include "sim/report/layer_plot.h"
#include "sim/report/plot_style.h"

namespace brownout::report {
namespace {

constexpr int kBarHeight = 16;
constexpr int kFrameHeight = 110;
constexpr double kGroup = 0.8;  ///< of the distance of two layers
constexpr std::array<const char*, 5> kColors = {kBlue, kVermilion, "#009E73", "#CC79A7", "#E69F00"};

void make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw InputError(fmt::format("{}: {}", folder.string(), error.message()));
}

}  // namespace

std::string sensitivity_script(const sweep::Sensitivities& sensitivities) {
  const std::size_t voltages = sensitivities.voltages.size();
  const std::size_t layers = sensitivities.layers.size() / voltages;
  const double bar = kGroup / static_cast<double>(voltages);
  std::vector<std::string> tics;
  std::string blocks;
  std::string lines;
  for (std::size_t v = 0; v < voltages; ++v) {
    std::vector<std::vector<double>> rows;
    for (std::size_t i = 0; i < layers; ++i) {
      const sweep::LayerSensitivity& one = sensitivities.layers[v * layers + i];
      const auto height = static_cast<double>(layers - i);
      if (v == 0) tics.push_back(tic(short_name(sensitivities.costs[one.layer].name), height));
      const double middle = height + kGroup / 2 - bar * (static_cast<double>(v) + 0.5);
      rows.push_back({100 * one.mean(), middle, 100 * one.deviation()});
    }
    blocks += data_block(fmt::format("v{}", v), rows);
    lines += fmt::format(
        "$v{0} using ($1/2):2:(0):1:($2-{1}):($2+{1}) with boxxyerror linecolor '{2}' title {3}, "
        "$v{0} using 1:2:3 with xerrorbars pointtype 0 linecolor '{4}' notitle, ",
        v, bar * 0.45, kColors.at(v % kColors.size()),
        text_constant(fmt::format("{:.4f} Vmin, {:.2g} of the cells fail",
                                  sensitivities.voltages[v].count(),
                                  sensitivities.layers[v * layers].faulty_cells)),
        kGrey);
  }
  const int height = kFrameHeight + kBarHeight * static_cast<int>(layers * (voltages + 1));
  return preamble(2 * kPlotWidth, height) + blocks +
         fmt::format(
             "unset grid\nset grid xtics linetype 1 linecolor '#e6eaef' linewidth 1\n"
             "set style fill solid 0.9 noborder\n"
             "set xlabel 'accuracy lost when this layer alone is faulty, points'\n"
             "set yrange [0.3:{}]\nset ytics scale 0 ({})\n"
             "set key outside top center horizontal Left reverse\nplot {}NaN notitle\n",
             static_cast<double>(layers) + 0.7, fmt::join(tics, ", "), lines);
}

void write_sensitivities(const sweep::Sensitivities& sensitivities,
                         const std::filesystem::path& folder) {
  make_folder(folder);
  write_file_atomically((folder / kSensitivityTable).string(),
                        sweep::sensitivity_csv(sensitivities));
  write_file_atomically((folder / kSensitivityPlot).string(),
                        run_gnuplot(sensitivity_script(sensitivities)));
}

void write_channel_errors(const sweep::ChannelErrors& errors, const std::filesystem::path& folder) {
  make_folder(folder);
  write_file_atomically((folder / kChannelTable).string(), sweep::channel_error_csv(errors));
}

}  // namespace brownout::report
