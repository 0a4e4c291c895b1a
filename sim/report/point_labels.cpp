// SPDX-License-Identifier: Apache-2.0
#include "sim/report/point_labels.h"

#include <algorithm>
#include <cmath>

namespace brownout::report {
namespace {

// Of 10-point sans-serif, on the generous side, and of the points themselves.
constexpr double kLetterWidth = 6.2;
constexpr double kLineHeight = 12;
constexpr double kPointRadius = 4;
constexpr double kGap = 7;

/// A rectangle in pixels, y upwards.
struct Box {
  double left;
  double right;
  double bottom;
  double top;

  [[nodiscard]] bool meets(const Box& other) const {
    return left < other.right && other.left < right && bottom < other.top && other.bottom < top;
  }
};

/// A box of this size around a place.
Box around(double x, double y, double width, double height) {
  return {x - width / 2, x + width / 2, y - height / 2, y + height / 2};
}

Box label_box(const Box& point, LabelSide side, double width) {
  const double x = (point.left + point.right) / 2;
  const double y = (point.bottom + point.top) / 2;
  switch (side) {
    case LabelSide::kRight:
      return around(x + kGap + width / 2, y, width, kLineHeight);
    case LabelSide::kLeft:
      return around(x - kGap - width / 2, y, width, kLineHeight);
    case LabelSide::kAbove:
      return around(x, y + kLineHeight, width, kLineHeight);
    default:
      return around(x, y - kLineHeight, width, kLineHeight);
  }
}

}  // namespace

std::vector<LabelSide> place_labels(const std::vector<NamedPoint>& points, const PlotFrame& frame) {
  const auto along = [](double value, double from, double to, double pixels) {
    return std::log(value / from) / std::log(to / from) * pixels;
  };
  const Box page{0, frame.width, 0, frame.height};
  std::vector<Box> marks;
  marks.reserve(points.size());
  for (const NamedPoint& point : points) {
    marks.push_back(around(along(point.x, frame.left, frame.right, frame.width),
                           along(point.y, frame.bottom, frame.top, frame.height), 2 * kPointRadius,
                           2 * kPointRadius));
  }
  std::vector<Box> labels;
  std::vector<LabelSide> sides(points.size(), LabelSide::kNone);
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double width = kLetterWidth * static_cast<double>(points[i].name.size());
    for (const LabelSide side :
         {LabelSide::kRight, LabelSide::kLeft, LabelSide::kAbove, LabelSide::kBelow}) {
      const Box box = label_box(marks[i], side, width);
      const auto covers = [&](const Box& other) { return box.meets(other); };
      const bool inside = box.left >= page.left && box.right <= page.right &&
                          box.bottom >= page.bottom && box.top <= page.top;
      if (!inside || std::any_of(marks.begin(), marks.end(), covers) ||
          std::any_of(labels.begin(), labels.end(), covers)) {
        continue;
      }
      sides[i] = side;
      labels.push_back(box);
      break;
    }
  }
  return sides;
}

}  // namespace brownout::report
