// SPDX-License-Identifier: Apache-2.0
// Strong types for physical quantities and counts (layer 0). Construction from a raw number is
// explicit, `.count()` gives it back, and only operators with a physical meaning exist, so that
// adding volts to picojoules does not compile.
#pragma once

#include <cstdint>

namespace brownout {

/// A number of `Tag` units held as `Rep`. Same-unit sums, scaling by a number, ordering; the ratio
/// of two equal quantities is a plain number.
template <class Tag, class Rep>
class Quantity {
 public:
  using rep = Rep;

  constexpr Quantity() = default;
  constexpr explicit Quantity(Rep value) : value_(value) {}

  [[nodiscard]] constexpr Rep count() const { return value_; }

  constexpr Quantity& operator+=(Quantity other) {
    value_ += other.value_;
    return *this;
  }
  constexpr Quantity& operator-=(Quantity other) {
    value_ -= other.value_;
    return *this;
  }

  friend constexpr Quantity operator+(Quantity a, Quantity b) { return a += b; }
  friend constexpr Quantity operator-(Quantity a, Quantity b) { return a -= b; }
  friend constexpr Quantity operator*(Quantity a, Rep factor) {
    return Quantity(a.value_ * factor);
  }
  friend constexpr Quantity operator*(Rep factor, Quantity a) { return a * factor; }
  friend constexpr double operator/(Quantity a, Quantity b) {
    return static_cast<double>(a.value_) / static_cast<double>(b.value_);
  }
  friend constexpr bool operator==(Quantity a, Quantity b) { return a.value_ == b.value_; }
  friend constexpr bool operator!=(Quantity a, Quantity b) { return a.value_ != b.value_; }
  friend constexpr bool operator<(Quantity a, Quantity b) { return a.value_ < b.value_; }
  friend constexpr bool operator<=(Quantity a, Quantity b) { return a.value_ <= b.value_; }
  friend constexpr bool operator>(Quantity a, Quantity b) { return a.value_ > b.value_; }
  friend constexpr bool operator>=(Quantity a, Quantity b) { return a.value_ >= b.value_; }

 private:
  Rep value_{};
};

using Volts = Quantity<struct VoltsTag, double>;
/// Supply voltage in units of the memory's Vmin, the lowest voltage at which no cell fails. All
/// voltage-dependent behaviour is a function of this ratio; volts appear only where a curve
/// publishes its absolute Vmin.
using VminRatio = Quantity<struct VminRatioTag, double>;
using Picojoules = Quantity<struct PicojoulesTag, double>;
using Milliwatts = Quantity<struct MilliwattsTag, double>;
using Picoseconds = Quantity<struct PicosecondsTag, double>;
using Hertz = Quantity<struct HertzTag, double>;
using Cycles = Quantity<struct CyclesTag, std::uint64_t>;
using Bytes = Quantity<struct BytesTag, std::uint64_t>;
using Bits = Quantity<struct BitsTag, std::uint64_t>;

/// Energy of `power` drawn for `time`: 1 mW x 1 ps = 1e-3 pJ.
[[nodiscard]] constexpr Picojoules operator*(Milliwatts power, Picoseconds time) {
  return Picojoules(power.count() * time.count() * 1e-3);
}

/// Duration of `cycles` periods of `clock`.
[[nodiscard]] constexpr Picoseconds duration(Cycles cycles, Hertz clock) {
  return Picoseconds(static_cast<double>(cycles.count()) * 1e12 / clock.count());
}

}  // namespace brownout
