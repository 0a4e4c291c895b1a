// SPDX-License-Identifier: Apache-2.0
// Both ONNX importers. What loads must be a sound network: computable by the reference, and a
// quantised one equal to itself after export and import.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "models/onnx/export.h"
#include "models/onnx/float_import.h"
#include "models/onnx/import.h"
#include "models/reference.h"
#include "tests/fuzz/scratch_file.h"

namespace brownout {
namespace {

/// More would keep the fuzzer from finding anything.
constexpr std::uint64_t kMostWork = 200'000;

bool is_small(const models::Graph& graph) {
  std::uint64_t work = models::mac_count(graph);
  for (const models::Tensor& tensor : graph.tensors) work += tensor.shape.elements();
  for (const models::Node& node : graph.nodes) {
    if (const auto* pool = std::get_if<models::AveragePool>(&node.operation)) {
      work += graph.tensor(node.output).shape.elements() *
              static_cast<std::uint64_t>(pool->window.kernel_h * pool->window.kernel_w);
    }
    if (const auto* pool = std::get_if<models::MaxPool>(&node.operation)) {
      work += graph.tensor(node.output).shape.elements() *
              static_cast<std::uint64_t>(pool->window.kernel_h * pool->window.kernel_w);
    }
  }
  return work < kMostWork;
}

void run_quantized(const std::filesystem::path& path) {
  const models::Graph graph = models::load_onnx(path);
  if (!is_small(graph)) return;
  std::vector<std::uint8_t> image(graph.tensor(graph.input).shape.elements());
  for (std::size_t i = 0; i < image.size(); ++i) image[i] = static_cast<std::uint8_t>(37 * i + 5);
  const models::Inference inference = models::run_reference(graph, image);
  const fuzz::ScratchFile copy("_copy.onnx", nullptr, 0);
  try {
    models::save_onnx(graph, copy.path());
  } catch (const InputError&) {
    return;  // ONNX cannot express it; the exporter says so
  }
  const models::Graph again = models::load_onnx(copy.path());
  fuzz::expect(models::run_reference(again, image) == inference,
               "the network differs after export and import");
}

void run_float(const std::filesystem::path& path) {
  const models::FloatNetwork network = models::load_float_onnx(path);
  const std::vector<models::Shape> shapes = models::tensor_shapes(network);
  fuzz::expect(shapes.size() == network.nodes.size() + 1, "a node without shape");
}

}  // namespace
}  // namespace brownout

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const brownout::fuzz::ScratchFile file(".onnx", data, size);
  brownout::fuzz::refuse_or([&] { brownout::run_quantized(file.path()); });
  brownout::fuzz::refuse_or([&] { brownout::run_float(file.path()); });
  return 0;
}
