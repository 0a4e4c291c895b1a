// SPDX-License-Identifier: Apache-2.0
#include "accel/weight_flips.h"

#include <bitset>
#include <variant>

#include "sim/core/error.h"

namespace brownout::accel {
namespace {

std::uint64_t ones(std::uint64_t word) { return std::bitset<64>(word).count(); }

/// Where a layer's weights lie in its words.
std::vector<std::uint64_t> weight_masks(const ConvGeometry& conv) {
  const std::uint64_t word_bytes = conv.mapping().word_bytes;
  std::vector<std::uint64_t> masks((conv.filter_bytes() + word_bytes - 1) / word_bytes);
  for (std::uint64_t index = 0; index < conv.folds(); ++index) {
    const Fold fold = conv.fold(index);
    if (!conv.first_use_of_filter(fold)) continue;
    for (std::uint32_t line = 0; line < conv.filter_lines(fold); ++line) {
      const std::uint64_t begin = fold.filter_base + line * fold.filter_pitch;
      for (std::uint64_t byte = begin; byte < begin + conv.filter_width(fold); ++byte) {
        masks[byte / word_bytes] |= std::uint64_t{0xff} << (byte % word_bytes * 8);
      }
    }
  }
  return masks;
}

}  // namespace

std::uint64_t weight_bits(const models::Graph& graph) {
  std::uint64_t bits = 0;
  for (const models::Node& node : graph.nodes) {
    if (const auto* conv = std::get_if<models::Conv>(&node.operation)) {
      bits += conv->weights.size() * 8;
    }
  }
  return bits;
}

WeightFlipCounter::WeightFlipCounter(const models::Graph& graph, const Program& program)
    : unread_(graph.nodes.size()) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const ConvGeometry* conv = program.layers[i].conv();
    if (conv == nullptr) continue;
    word_bytes_ = conv->mapping().word_bytes;
    unread_[i] = weight_masks(*conv);
  }
}

void WeightFlipCounter::on_access(const Access& access) {
  if (access.group != memory::GroupId::kFilter || access.kind != AccessKind::kRead) return;
  std::uint64_t& unread = unread_[access.layer].at(access.position / word_bytes_);
  flipped_ += ones((access.written ^ access.value) & unread);
  unread = 0;
}

std::uint64_t WeightFlipCounter::flipped() const {
  for (const auto& layer : unread_) {
    for (const std::uint64_t unread : layer) require(unread == 0, "every weight is read");
  }
  return flipped_;
}

}  // namespace brownout::accel
