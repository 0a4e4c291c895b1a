// SPDX-License-Identifier: Apache-2.0
#include "memory/weak_cells.h"

#include <algorithm>
#include <cmath>

#include "sim/core/error.h"
#include "sim/core/philox.h"

namespace brownout::memory {
namespace {

/// u < rate * 2^32 over integers u is u < ceil(rate * 2^32).
std::uint64_t threshold(double rate) {
  return static_cast<std::uint64_t>(std::ceil(std::ldexp(rate, 32)));
}

}  // namespace

const char* group_name(GroupId group) {
  switch (group) {
    case GroupId::kIfmap:
      return "ifmap";
    case GroupId::kFilter:
      return "filter";
    case GroupId::kOfmap:
      return "ofmap";
  }
  throw SimulationError("unknown SRAM group");
}

WeakCells::WeakCells(ChipId chip, GroupId group, const SramGeometry& geometry, double highest_rate,
                     const StuckAtModel& model)
    : words_(geometry.words()), highest_rate_(highest_rate) {
  const std::uint64_t limit = threshold(highest_rate);
  const std::uint64_t ones = threshold(model.share_of_ones);
  if (limit == 0) return;
  for (std::uint32_t macro = 0; macro < geometry.macros(); ++macro) {
    for (std::uint32_t row = 0; row < geometry.macro().rows; ++row) {
      const WordId word = geometry.word_at(MacroId(macro), RowId(row));
      for (std::uint32_t bit = 0; bit < geometry.macro().word_bits; ++bit) {
        const auto draw =
            philox(chip.value(), {static_cast<std::uint32_t>(group), macro, row, bit});
        if (draw[0] < limit) cells_.push_back({draw[0], word, BitId(bit), draw[1] < ones});
      }
    }
  }
  std::sort(cells_.begin(), cells_.end(), [](const WeakCell& a, const WeakCell& b) {
    if (a.u != b.u) return a.u < b.u;
    if (a.word != b.word) return a.word < b.word;
    return a.bit < b.bit;
  });
}

std::size_t WeakCells::failing(double rate) const {
  require(rate <= highest_rate_, "weak cells asked for a rate above the one they were drawn for");
  const std::uint64_t limit = threshold(rate);
  const auto end = std::partition_point(cells_.begin(), cells_.end(),
                                        [&](const WeakCell& cell) { return cell.u < limit; });
  return static_cast<std::size_t>(end - cells_.begin());
}

FaultMask WeakCells::mask(double rate) const {
  const std::size_t count = failing(rate);
  FaultMask mask;
  if (count == 0) return mask;
  mask.keep.assign(words_, ~std::uint64_t{0});
  mask.set.assign(words_, 0);
  for (std::size_t i = 0; i < count; ++i) {
    const WeakCell& cell = cells_[i];
    const std::uint64_t bit = std::uint64_t{1} << cell.bit.value();
    mask.keep[cell.word.value()] &= ~bit;
    if (cell.reads_one) mask.set[cell.word.value()] |= bit;
  }
  return mask;
}

}  // namespace brownout::memory
