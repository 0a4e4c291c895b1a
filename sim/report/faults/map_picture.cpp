// SPDX-License-Identifier: Apache-2.0
#include "sim/report/faults/map_picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "sim/report/faults/png.h"
#include "sim/report/html.h"

namespace brownout::report {
namespace {

using memory::CellPlace;
using memory::FaultMap;
using memory::MapGeometry;
using memory::MapLevel;

constexpr std::uint32_t kMostWidth = 1180;
constexpr std::uint32_t kMostHeight = 900;
constexpr std::uint32_t kMostMagnified = 12;
constexpr std::uint8_t kGap = 0;
constexpr std::uint8_t kHealthy = 1;
constexpr std::uint8_t kFirstFailing = 2;

std::uint32_t divided(std::uint32_t count, std::uint32_t by) { return (count + by - 1) / by; }

/// What is drawn and how.
struct View {
  std::uint32_t first = 0;   ///< block
  std::uint32_t blocks = 1;  ///< from there on
  std::uint32_t across = 1;  ///< cells of a block from left to right
  std::uint32_t down = 1;
  bool upright = true;  ///< words downwards, bits across; otherwise the other way round
};

/// How blocks fill the picture, in pixels.
struct Layout {
  std::uint32_t step_across = 1;  ///< cells of a pixel
  std::uint32_t step_down = 1;
  std::uint32_t per_row = 1;  ///< blocks side by side
  std::uint32_t width = 1;    ///< of a block
  std::uint32_t height = 1;
};

/// Wide blocks share pixels first, then high ones as many as it takes.
Layout layout_of(const View& view) {
  Layout layout;
  layout.step_across = divided(view.across, kMostWidth);
  while (true) {
    layout.width = divided(view.across, layout.step_across);
    layout.height = divided(view.down, layout.step_down);
    layout.per_row = std::clamp(kMostWidth / (layout.width + 1), 1U, view.blocks);
    const std::uint64_t rows = divided(view.blocks, layout.per_row);
    const bool is_smallest = layout.width == 1 && layout.height == 1;
    if (is_smallest || rows * (layout.height + 1) <= kMostHeight) return layout;
    (layout.height > 1 ? layout.step_down : layout.step_across) *= 2;
  }
}

/// White to dark red and black: the weakest cells are the darkest. From the lowest voltage up.
Color failing_color(std::size_t level, std::size_t levels) {
  const double t = levels < 2 ? 0.5 : static_cast<double>(level) / static_cast<double>(levels - 1);
  // From black over vermilion to a light orange.
  const auto mix = [&](double dark, double middle, double light) {
    const double value =
        t < 0.5 ? dark + (middle - dark) * t * 2 : middle + (light - middle) * (t - 0.5) * 2;
    return static_cast<std::uint8_t>(std::lround(value));
  };
  return {mix(30, 213, 248), mix(10, 94, 178), mix(20, 0, 96)};
}

/// Levels at which cells fail, highest voltage first.
std::vector<const MapLevel*> failing_levels(const FaultMap& map) {
  std::vector<const MapLevel*> levels;
  for (const MapLevel& level : map.levels()) {
    if (!level.faults.empty()) levels.push_back(&level);
  }
  return levels;
}

std::vector<Color> palette(std::size_t levels) {
  std::vector<Color> colors = {{223, 228, 234}, {255, 255, 255}};
  for (std::size_t i = 0; i < levels; ++i) colors.push_back(failing_color(i, levels));
  return colors;
}

/// Palette entry of a level when there may be more levels than colours.
std::uint8_t entry_of(std::size_t level) {
  return static_cast<std::uint8_t>(std::min<std::size_t>(kFirstFailing + level, 255));
}

Image draw(const FaultMap& map, const View& view, const Layout& layout) {
  const auto levels = failing_levels(map);
  Image image;
  image.palette = palette(std::min<std::size_t>(levels.size(), 254));
  image.width = layout.per_row * (layout.width + 1);
  image.height = divided(view.blocks, layout.per_row) * (layout.height + 1);
  image.pixels.assign(static_cast<std::size_t>(image.width) * image.height, kGap);
  const auto corner = [&](std::uint32_t block) {
    return std::pair(block % layout.per_row * (layout.width + 1),
                     block / layout.per_row * (layout.height + 1));
  };
  for (std::uint32_t block = 0; block < view.blocks; ++block) {
    const auto [x, y] = corner(block);
    for (std::uint32_t down = 0; down < layout.height; ++down) {
      for (std::uint32_t right = 0; right < layout.width; ++right) {
        image.at(x + right, y + down) = kHealthy;
      }
    }
  }
  // The highest voltage last: a pixel shows where its weakest cell begins to fail.
  for (std::size_t i = levels.size(); i-- > 0;) {
    for (const memory::MapFault& fault : levels[i]->faults) {
      const CellPlace place = map.geometry().place(fault.cell);
      if (place.block < view.first || place.block - view.first >= view.blocks) continue;
      const auto [x, y] = corner(place.block - view.first);
      const std::uint32_t right = view.upright ? place.bit : place.row;
      const std::uint32_t down = view.upright ? place.row : place.bit;
      image.at(x + right / layout.step_across, y + down / layout.step_down) = entry_of(i);
    }
  }
  return image;
}

std::string legend(const FaultMap& map) {
  const auto levels = failing_levels(map);
  std::string html = "<p class=\"note\">first failing at ";
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const Color color = failing_color(i, levels.size());
    html += fmt::format(
        "<span style=\"display:inline-block;width:12px;height:12px;margin:0 4px 0 10px;"
        "background:rgb({},{},{})\"></span>{:.6g} {}",
        color[0], color[1], color[2], levels[i]->voltage, map.unit());
  }
  return html + "</p>\n";
}

/// Small pictures are shown larger.
std::string picture_html(const Image& image, const std::string& title) {
  const std::uint32_t wider = std::clamp(kMostWidth / image.width, 1U, kMostMagnified);
  const std::uint32_t higher = std::clamp(kMostHeight / 3 / image.height, 1U, kMostMagnified);
  return fmt::format(
      "<img alt=\"{}\" style=\"width:100%;max-width:{}px;height:{}px;image-rendering:pixelated\" "
      "src=\"data:image/png;base64,{}\">\n",
      escape(title), image.width * wider, image.height * higher, base64(png(image)));
}

}  // namespace

Figure map_picture(const FaultMap& map, const std::string& label) {
  const MapGeometry& geometry = map.geometry();
  const View view{0, geometry.blocks, geometry.word_bits, geometry.rows, true};
  const Layout layout = layout_of(view);
  const std::string title = fmt::format("{}: all blocks", label);
  const std::string caption = fmt::format(
      "{} blocks from left to right, each {} words downwards and {} bits across; a pixel is the "
      "weakest of {} x {} cells.",
      geometry.blocks, geometry.rows, geometry.word_bits, layout.step_down, layout.step_across);
  if (failing_levels(map).empty()) return {"<p>No cell fails.</p>\n", title, caption, true};
  return {legend(map) + picture_html(draw(map, view, layout), title), title, caption, true};
}

Figure worst_block_picture(const FaultMap& map, const std::string& label) {
  const MapGeometry& geometry = map.geometry();
  std::vector<std::uint32_t> counts(geometry.blocks);
  for (const memory::MapFault& fault : map.levels().back().faults) {
    ++counts[geometry.place(fault.cell).block];
  }
  const auto most = std::max_element(counts.begin(), counts.end());
  const auto worst = static_cast<std::uint32_t>(most - counts.begin());
  const View view{worst, 1, geometry.rows, geometry.word_bits, false};
  const Layout layout = layout_of(view);
  const std::string title =
      fmt::format("{}: block {}, the one with most failing cells", label, worst);
  return {legend(map) + picture_html(draw(map, view, layout), title), title,
          fmt::format("{} failing cells at {:.6g} {}; words from left to right, bits downwards; a "
                      "pixel is the weakest of {} x {} cells.",
                      *most, map.levels().back().voltage, map.unit(), layout.step_across,
                      layout.step_down),
          true};
}

}  // namespace brownout::report
