// SPDX-License-Identifier: Apache-2.0
#include "memory/validation/ascent.h"

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/tools/minima.hpp>

namespace brownout::memory::validation {
namespace {

constexpr int kBits = 16;
constexpr int kMostRounds = 6;
constexpr int kHalvings = 16;
constexpr double kNoGain = 1e-3;

}  // namespace

Ascent::Ascent(std::function<double(const Point&)> likelihood,
               std::vector<std::pair<double, double>> ranges, std::vector<std::size_t> free)
    : likelihood_(std::move(likelihood)), ranges_(std::move(ranges)), free_(std::move(free)) {}

double Ascent::climb(Point& point, std::size_t fixed) const {
  double best = likelihood_(point);
  for (int round = 0; round < kMostRounds; ++round) {
    const double before = best;
    for (const std::size_t parameter : free_) {
      if (parameter == fixed) continue;
      Point moved = point;
      const auto down = [&](double value) {
        moved[parameter] = value;
        return -likelihood_(moved);
      };
      const auto [low, high] = ranges_[parameter];
      const auto [value, fallen] = boost::math::tools::brent_find_minima(down, low, high, kBits);
      if (-fallen <= best) continue;
      point[parameter] = value;
      best = -fallen;
    }
    if (best - before < kNoGain) break;
  }
  return best;
}

double Ascent::end(const Point& top, std::size_t parameter, double outside, double bound) const {
  Point point = top;
  const auto profile = [&](double value) {
    point[parameter] = value;
    return climb(point, parameter);
  };
  if (profile(outside) >= bound) return outside;
  double inside = top[parameter];
  point = top;
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = (inside + outside) / 2;
    (profile(middle) >= bound ? inside : outside) = middle;
  }
  return (inside + outside) / 2;
}

std::pair<double, double> Ascent::interval(const Point& top, std::size_t parameter,
                                           double bound) const {
  const auto [low, high] = ranges_[parameter];
  return {end(top, parameter, low, bound), end(top, parameter, high, bound)};
}

double allowed_loss(double confidence) {
  return boost::math::quantile(boost::math::chi_squared_distribution<double>(1), confidence) / 2;
}

}  // namespace brownout::memory::validation
