// SPDX-License-Identifier: Apache-2.0
#include "memory/sram_group.h"

#include <algorithm>
#include <cstring>

namespace brownout::memory {
namespace {

std::uint32_t log2_of(std::uint32_t power) {
  std::uint32_t log = 0;
  while (power >> log > 1) ++log;
  return log;
}

}  // namespace

SramGroup::SramGroup(GroupId id, const SramGeometry& geometry, std::uint64_t stored_words,
                     std::unique_ptr<FaultSource> faults)
    : id_(id),
      geometry_(geometry),
      word_shift_(log2_of(geometry.macro().word_bytes())),
      stored_(stored_words, 0),
      faults_(std::move(faults)) {}

void SramGroup::set_rates(const FaultRates& rates) {
  if (faults_ == nullptr) return;
  faults_->set_rates(rates);
  reading_ = &faults_->reading(layer_);
  hold_ = &faults_->holding();
  if (!hold_->empty()) {
    for (std::size_t i = 0; i < stored_.size(); ++i) {
      const std::size_t word = i % geometry_.words();
      const std::uint64_t taken = hold_->lost[word] | (started_ ? 0 : hold_->held[word]);
      stored_[i] = (stored_[i] & ~taken) | (hold_->preferred[word] & taken);
    }
  }
  started_ = true;
}

std::uint64_t SramGroup::held(std::uint64_t position, std::uint64_t before,
                              std::uint64_t value) const {
  const std::size_t word = geometry_.word_of_position(position).value();
  const std::uint64_t kept = hold_->held[word];
  const std::uint64_t lost = hold_->lost[word];
  return (value & ~kept & ~lost) | (before & kept) | (hold_->preferred[word] & lost);
}

void SramGroup::read_bytes(std::uint64_t position, std::uint64_t count, std::uint8_t* bytes) const {
  const std::uint64_t word_bytes = std::uint64_t{1} << word_shift_;
  while (count > 0) {
    const std::uint64_t lane = position & (word_bytes - 1);
    const std::uint64_t part = std::min(count, word_bytes - lane);
    const std::uint64_t value = word(position) >> (8 * lane);
    if (part == 8) {
      std::memcpy(bytes, &value, 8);
    } else {
      for (std::uint64_t b = 0; b < part; ++b) bytes[b] = static_cast<std::uint8_t>(value >> 8 * b);
    }
    position += part;
    bytes += part;
    count -= part;
  }
}

}  // namespace brownout::memory
