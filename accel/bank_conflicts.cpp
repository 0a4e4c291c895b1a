// SPDX-License-Identifier: Apache-2.0
#include "accel/bank_conflicts.h"

#include <algorithm>
#include <vector>

#include "accel/fold_schedule.h"
#include "accel/word_port.h"

namespace brownout::accel {
namespace {

using memory::GroupId;

/// Accesses of each bank in each cycle, and from them how long a buffer keeps a cycle.
class BankLoad {
 public:
  BankLoad(const BankedBuffer& buffer, std::uint64_t cycles)
      : buffer_(buffer),
        banks_(buffer.geometry.banks()),
        accesses_(static_cast<std::size_t>(cycles) * banks_, 0) {}

  void access(std::uint64_t cycle, std::uint64_t position) {
    const std::uint32_t word = buffer_.geometry.word_of_position(position).value();
    ++accesses_[static_cast<std::size_t>(cycle) * banks_ + word % banks_];
  }
  void access_words(std::uint64_t cycle, const Extent& extent) {
    const std::uint64_t word_bytes = buffer_.geometry.macro().word_bytes();
    for (std::uint64_t p = extent.begin; p < extent.end; p += word_bytes) access(cycle, p);
  }

  void clear() { std::fill(accesses_.begin(), accesses_.end(), 0); }

  /// Cycles that cycle `cycle` takes because of this buffer, at least 1.
  [[nodiscard]] std::uint64_t duration(std::uint64_t cycle) const {
    const auto first = accesses_.begin() + static_cast<std::ptrdiff_t>(cycle * banks_);
    const std::uint64_t most = *std::max_element(first, first + banks_);
    return std::max<std::uint64_t>(1, (most + buffer_.ports - 1) / buffer_.ports);
  }

 private:
  const BankedBuffer& buffer_;
  std::uint32_t banks_;
  std::vector<std::uint32_t> accesses_;  // [cycle][bank]
};

/// Reads of the ifmap ports at their cycles, counted from the fold's first.
void ifmap_accesses(const ConvGeometry& conv, const Fold& fold, BankLoad& load) {
  WordPort port(conv.mapping().word_bytes);
  for (std::uint32_t p = 0; p < fold.m_count; ++p) {
    if (conv.port_per_pixel()) port.reset();
    std::uint32_t words = 0;
    conv.visit_ifmap(fold, fold.m_begin + p, fold.k_begin, fold.k_begin + fold.k_count,
                     [&](std::uint32_t k, std::uint64_t position, std::uint32_t count) {
                       for (std::uint32_t i = 0; i < count; ++i) {
                         if (!port.advance(position + i)) continue;
                         load.access(ifmap_slot(conv, fold, p, k + i, words).time, position + i);
                         ++words;
                       }
                     });
  }
}

void filter_accesses(const ConvGeometry& conv, const Fold& fold, BankLoad& load) {
  for (std::uint32_t line = 0; line < conv.filter_lines(fold); ++line) {
    const std::uint64_t begin = fold.filter_base + line * fold.filter_pitch;
    for (std::uint32_t lane = 0; lane < conv.filter_width(fold);
         lane += conv.mapping().word_bytes) {
      load.access(filter_slot(conv, line, lane).time, begin + lane);
    }
  }
}

/// Results leave once they fill a word; partial sums are read in the same cycle.
void ofmap_accesses(const ConvGeometry& conv, const Fold& fold, BankLoad& load) {
  const std::uint64_t bytes = conv.result_bytes(fold);
  const std::uint32_t group = conv.lanes_per_word(fold);
  for (std::uint32_t p = 0; p < fold.m_count; ++p) {
    const std::uint64_t row = fold.ofmap_base + p * fold.ofmap_pitch;
    for (std::uint32_t first = 0; first < fold.n_count; first += group) {
      const std::uint32_t end = std::min(fold.n_count, first + group);
      const std::uint64_t cycle = result_slot(conv, p, end - 1).time;
      if (!fold.first_k()) {
        load.access_words(cycle, {row + std::uint64_t{first} * 4, row + std::uint64_t{end} * 4});
      }
      load.access_words(cycle, {row + first * bytes, row + end * bytes});
    }
  }
}

}  // namespace

ConflictCycles fold_conflicts(const ConvGeometry& conv, const Fold& fold,
                              const memory::PerGroup<BankedBuffer>& buffers) {
  const std::uint64_t cycles = conv.cycles(fold);
  BankLoad ifmap(buffers[GroupId::kIfmap], cycles);
  BankLoad filter(buffers[GroupId::kFilter], cycles);
  BankLoad ofmap(buffers[GroupId::kOfmap], cycles);
  ifmap_accesses(conv, fold, ifmap);
  filter_accesses(conv, fold, filter);
  ofmap_accesses(conv, fold, ofmap);
  ConflictCycles lost;
  for (std::uint64_t cycle = 0; cycle < cycles; ++cycle) {
    const std::uint64_t by_ifmap = ifmap.duration(cycle);
    const std::uint64_t by_filter = filter.duration(cycle);
    const std::uint64_t by_ofmap = ofmap.duration(cycle);
    const std::uint64_t longest = std::max({by_ifmap, by_filter, by_ofmap});
    const GroupId waited_for = by_ifmap == longest    ? GroupId::kIfmap
                               : by_filter == longest ? GroupId::kFilter
                                                      : GroupId::kOfmap;
    lost[waited_for] += longest - 1;
  }
  return lost;
}

std::uint64_t vector_conflicts(const VectorGeometry& vector, std::uint64_t begin, std::uint64_t end,
                               std::uint32_t words_per_cycle, const BankedBuffer& ifmap) {
  std::uint64_t lost = 0;
  std::uint32_t in_cycle = 0;
  BankLoad load(ifmap, 1);
  const auto finish_cycle = [&] {
    lost += load.duration(0) - 1;
    load.clear();
    in_cycle = 0;
  };
  WordPort port(ifmap.geometry.macro().word_bytes());
  vector.visit(begin, end, [&](const VectorOperand& operand) {
    if (!port.advance(operand.position)) return;
    load.access(0, operand.position);
    if (++in_cycle == words_per_cycle) finish_cycle();
  });
  if (in_cycle > 0) finish_cycle();
  return lost;
}

}  // namespace brownout::accel
