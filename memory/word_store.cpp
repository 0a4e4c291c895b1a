// SPDX-License-Identifier: Apache-2.0
#include "memory/word_store.h"

#include <utility>

namespace brownout::memory {
namespace {

std::uint32_t log2_of(std::uint32_t power) {
  std::uint32_t log = 0;
  while (power >> log > 1) ++log;
  return log;
}

}  // namespace

WordStore::WordStore(const SramGeometry& geometry, std::uint64_t stored_words,
                     std::unique_ptr<FaultSource> faults)
    : words_(geometry.words()),
      word_shift_(log2_of(geometry.macro().word_bytes())),
      stored_(stored_words, 0),
      faults_(std::move(faults)) {}

void WordStore::set_rates(const BufferRates& rates) {
  if (faults_ == nullptr) return;
  faults_->set_rates(rates);
  reading_ = &faults_->reading(layer_);
  hold_ = &faults_->holding();
  if (!hold_->empty()) {
    for (std::size_t i = 0; i < stored_.size(); ++i) {
      const std::size_t word = i % words_;
      const std::uint64_t taken = hold_->lost[word] | (started_ ? 0 : hold_->held[word]);
      stored_[i] = (stored_[i] & ~taken) | (hold_->preferred[word] & taken);
    }
  }
  started_ = true;
}

std::uint64_t WordStore::held(std::uint64_t position, std::uint64_t before,
                              std::uint64_t value) const {
  const std::size_t word = (position >> word_shift_) % words_;
  const std::uint64_t kept = hold_->held[word];
  const std::uint64_t lost = hold_->lost[word];
  return (value & ~kept & ~lost) | (before & kept) | (hold_->preferred[word] & lost);
}

}  // namespace brownout::memory
