// SPDX-License-Identifier: Apache-2.0
#include "accel/dram_contents.h"

#include <utility>

#include "accel/program_image.h"

namespace brownout::accel {

void write_weights(memory::Dram& dram, const models::Graph& graph, const Program& program) {
  ProgramImage(graph, program)
      .write_weights(0, [&](std::uint64_t address, const std::vector<std::uint8_t>& bytes) {
        dram.write(address, bytes.data(), bytes.size());
      });
}

void write_image(memory::Dram& dram, const models::Graph& graph, const Program& program,
                 const std::vector<std::uint8_t>& codes) {
  dram.write(ProgramImage(graph, program).at(0).input, codes.data(), codes.size());
}

models::Inference read_results(const memory::Dram& dram, const models::Graph& graph,
                               const Program& program) {
  models::Inference inference;
  for (const models::Node& node : graph.nodes) {
    const models::Tensor& tensor = graph.tensor(node.output);
    const std::uint64_t address = program.tensor_addresses[node.output.value()];
    std::vector<std::uint8_t> bytes(tensor_bytes(tensor));
    dram.read(address, bytes.data(), bytes.size());
    if (node.output == graph.output) {
      inference.logits = ProgramImage(graph, program).logits(bytes);
    }
    if (tensor.type == models::ElementType::kInt32) bytes.clear();
    inference.codes.push_back(std::move(bytes));
  }
  return inference;
}

}  // namespace brownout::accel
