// SPDX-License-Identifier: Apache-2.0
// What all plots share (layer 5): terminal, axes, colours that stay apart for colour-blind readers
// (Okabe and Ito, 2008), and text that gnuplot takes literally.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sim/sweep/summary.h"

namespace brownout::report {

constexpr int kPlotWidth = 640;
constexpr int kPlotHeight = 400;
constexpr const char* kBlue = "#0072B2";
constexpr const char* kVermilion = "#D55E00";
constexpr const char* kGrey = "#5b6675";

/// Terminal, encoding, border and grid for a plot of this many pixels.
[[nodiscard]] std::string preamble(int width = kPlotWidth, int height = kPlotHeight);

/// `text` as a string constant.
[[nodiscard]] std::string text_constant(const std::string& text);

/// `'text' position`, an item of a list of tics; gnuplot takes tic texts as number formats.
[[nodiscard]] std::string tic(const std::string& text, double position);

/// `text` as one column of a data block.
[[nodiscard]] std::string quoted_word(const std::string& text);

/// A named block of rows for `plot $name`.
[[nodiscard]] std::string data_block(const std::string& name,
                                     const std::vector<std::vector<double>>& rows);

/// Title and range of a voltage axis.
[[nodiscard]] std::string voltage_axis(const sweep::Summary& summary);
/// A second one on top: the bit-error rate at every voltage there is room for.
[[nodiscard]] std::string rate_axis(const sweep::Summary& summary);

/// Distance of the nearest two voltages; something sensible for a single one.
[[nodiscard]] double voltage_step(const sweep::Summary& summary);

/// `uJ` and `us` with the Greek letter, where it is sure to be shown.
[[nodiscard]] std::string with_micro(std::string text);

[[nodiscard]] const char* buffer_color(memory::GroupId group);
[[nodiscard]] const char* component_color(const std::string& component);
[[nodiscard]] const char* activity_color(const std::string& statistic);

}  // namespace brownout::report
