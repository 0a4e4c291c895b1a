// SPDX-License-Identifier: Apache-2.0
#include "accel/placement.h"

namespace brownout::accel {

std::uint64_t tensor_bytes(const models::Tensor& tensor) {
  return tensor.shape.elements() * (tensor.type == models::ElementType::kInt32 ? 4 : 1);
}

Extent tensor_extent(const models::Graph& graph, const Program& program, TensorId tensor) {
  const std::uint64_t begin = program.tensor_addresses[tensor.value()];
  const Extent bytes{0, tensor_bytes(graph.tensor(tensor))};
  return {begin, begin + bytes.aligned(program.word_bytes).end};
}

AddressMap::AddressMap(const models::Graph& graph, const Program& program)
    : program_bytes_(program.dram_bytes),
      input_(tensor_extent(graph, program, graph.input)),
      output_(tensor_extent(graph, program, graph.output)),
      placement_{0, input_.begin, output_.begin} {}

bool AddressMap::fits(const Placement& placement) const {
  const auto ends = [](std::uint64_t address, std::uint64_t bytes) {
    return bytes <= ~std::uint64_t{0} - address;
  };
  return ends(placement.program, program_bytes_) && ends(placement.input, input_.size()) &&
         ends(placement.output, output_.size());
}

}  // namespace brownout::accel
