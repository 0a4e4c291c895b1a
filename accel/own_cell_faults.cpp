// SPDX-License-Identifier: Apache-2.0
#include "accel/own_cell_faults.h"

#include <utility>

#include "sim/core/error.h"

namespace brownout::accel {
namespace {

std::uint64_t filter_words(const LayerProgram& layer) {
  const ConvGeometry* conv = layer.conv();
  return conv == nullptr ? 0 : conv->filter_bytes() / conv->mapping().word_bytes;
}

/// Words of the layers before `layer`.
std::uint64_t first_word(const Program& program, std::uint32_t layer) {
  std::uint64_t words = 0;
  for (std::uint32_t i = 0; i < layer; ++i) words += filter_words(program.layers[i]);
  return words;
}

}  // namespace

memory::SramGeometry with_own_cells(const memory::SramGeometry& buffer, const Program& program) {
  const std::uint64_t bytes =
      first_word(program, static_cast<std::uint32_t>(program.layers.size())) *
      buffer.macro().word_bytes();
  const std::uint64_t step = buffer.macro().bytes() * buffer.banks();
  std::uint64_t capacity = buffer.capacity_bytes();
  if (bytes > capacity) capacity += (bytes - capacity + step - 1) / step * step;
  return {buffer.macro(), Bytes(capacity), buffer.banks()};
}

OwnCellFaults::OwnCellFaults(std::unique_ptr<memory::FaultSource> whole, const Program& program)
    : whole_(std::move(whole)), program_(program) {}

void OwnCellFaults::set_rates(const memory::BufferRates& rates) {
  whole_->set_rates(rates);
  layers_.clear();
}

const memory::FaultMask& OwnCellFaults::reading(std::uint32_t layer) {
  return layers_.get(layer, [&] { return make_mask(layer); });
}

memory::FaultMask OwnCellFaults::make_mask(std::uint32_t layer) {
  const std::uint64_t count = filter_words(program_.layers[layer]);
  const memory::FaultMask& whole = whole_->reading(layer);
  if (count == 0 || whole.empty()) return {};
  const std::uint64_t begin = first_word(program_, layer);
  require(begin + count <= whole.words(), "the chip has a cell for every weight");
  const auto slice = [&](const std::vector<std::uint64_t>& words) {
    const auto from = words.begin() + static_cast<std::ptrdiff_t>(begin);
    return std::vector<std::uint64_t>(from, from + static_cast<std::ptrdiff_t>(count));
  };
  return {slice(whole.keep), slice(whole.flip)};
}

}  // namespace brownout::accel
