// SPDX-License-Identifier: Apache-2.0
// Names beside the points of a double-logarithmic plot, placed so that none covers another (layer
// 5).
#pragma once

#include <string>
#include <vector>

namespace brownout::report {

/// A point with a name, in the plot's own coordinates, above 0.
struct NamedPoint {
  std::string name;
  double x = 1;
  double y = 1;
};

/// The plotted range and its size on the page.
struct PlotFrame {
  double left = 1;
  double right = 10;
  double bottom = 1;
  double top = 10;
  double width = 1;   ///< in pixels
  double height = 1;  ///< in pixels
};

enum class LabelSide { kRight, kLeft, kAbove, kBelow, kNone };

/// On which side of its point each name has room, in the order of `points`; kNone where it would
/// cover a point or an earlier name.
[[nodiscard]] std::vector<LabelSide> place_labels(const std::vector<NamedPoint>& points,
                                                  const PlotFrame& frame);

}  // namespace brownout::report
