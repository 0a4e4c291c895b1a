// SPDX-License-Identifier: Apache-2.0
#include "accel/program_image.h"

#include <fmt/format.h>

#include "accel/lowering.h"
#include "sim/core/error.h"

namespace brownout::accel {

std::uint64_t ProgramImage::input_bytes() const {
  return tensor_bytes(graph_.tensor(graph_.input));
}

std::uint64_t ProgramImage::output_bytes() const {
  return tensor_bytes(graph_.tensor(graph_.output));
}

std::uint64_t ProgramImage::input_room() const {
  return tensor_extent(graph_, program_, graph_.input).size();
}

std::uint64_t ProgramImage::output_room() const {
  return tensor_extent(graph_, program_, graph_.output).size();
}

Placement ProgramImage::at(std::uint64_t base) const {
  return {base, base + program_.tensor_addresses[graph_.input.value()],
          base + program_.tensor_addresses[graph_.output.value()]};
}

void ProgramImage::write_weights(std::uint64_t base, const Write& write) const {
  for (std::size_t layer = 0; layer < graph_.nodes.size(); ++layer) {
    const auto* conv = std::get_if<models::Conv>(&graph_.nodes[layer].operation);
    if (conv == nullptr) continue;
    write(base + program_.layers[layer].filter_address,
          filter_image(*conv, *program_.layers[layer].conv()));
  }
}

std::vector<std::int32_t> ProgramImage::logits(const std::vector<std::uint8_t>& output) const {
  if (output.size() != output_bytes()) {
    throw InputError(fmt::format("output has {} bytes, the network '{}' gives {}", output.size(),
                                 graph_.name, output_bytes()));
  }
  const models::Tensor& tensor = graph_.tensor(graph_.output);
  std::vector<std::int32_t> logits;
  if (tensor.type == models::ElementType::kUint8) {
    for (const std::uint8_t code : output) logits.push_back(code - tensor.zero_point);
    return logits;
  }
  for (std::size_t i = 0; i < output.size(); i += 4) {
    std::uint32_t value = 0;
    for (std::size_t b = 0; b < 4; ++b) value |= std::uint32_t{output[i + b]} << (8 * b);
    logits.push_back(static_cast<std::int32_t>(value));
  }
  return logits;
}

}  // namespace brownout::accel
