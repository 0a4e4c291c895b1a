// SPDX-License-Identifier: Apache-2.0
#include "memory/validation/distinct_sampler.h"

#include <algorithm>

#include "sim/core/error.h"

namespace brownout::memory::validation {

const std::vector<std::uint32_t>& DistinctSampler::draw(std::uint64_t count, std::uint64_t limit,
                                                        RandomStream& random) {
  require(count <= limit, "a draw without replacement of more than there is");
  if (stamps_.size() < limit) stamps_.resize(limit, stamp_);
  if (++stamp_ == 0) {
    std::fill(stamps_.begin(), stamps_.end(), 0);
    stamp_ = 1;
  }
  // Rejection needs at most two tries a number on average when at most half are hit.
  complement_ = count > limit / 2;
  const std::uint64_t hits = complement_ ? limit - count : count;
  drawn_.clear();
  for (std::uint64_t i = 0; i < hits;) {
    const std::uint32_t number = random.below(limit);
    if (stamps_[number] == stamp_) continue;
    stamps_[number] = stamp_;
    ++i;
    if (!complement_) drawn_.push_back(number);
  }
  if (complement_) {
    for (std::uint64_t number = 0; number < limit; ++number) {
      if (stamps_[number] != stamp_) drawn_.push_back(static_cast<std::uint32_t>(number));
    }
  }
  return drawn_;
}

}  // namespace brownout::memory::validation
