// SPDX-License-Identifier: Apache-2.0
#include "tests/judge/judge.h"

#include <fmt/format.h>
#include <onnx/onnx_pb.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "models/onnx/export.h"

namespace brownout::judge {
namespace {

namespace fs = std::filesystem;
using models::ElementType;
using models::Graph;
using models::Shape;
using models::Tensor;

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The exported file with the codes of every tensor as further outputs.
void save_with_codes(const Graph& graph, const fs::path& path) {
  models::save_onnx(graph, path);
  onnx::ModelProto model;
  if (!model.ParseFromString(read(path))) throw std::runtime_error("judge: no ONNX file");
  for (const Tensor& tensor : graph.tensors) {
    if (tensor.type != ElementType::kUint8) continue;
    auto& output = *model.mutable_graph()->add_output();
    output.set_name(tensor.name);
    output.mutable_type()->mutable_tensor_type()->set_elem_type(onnx::TensorProto::UINT8);
  }
  std::ofstream(path, std::ios::binary) << model.SerializeAsString();
}

/// Real values of the codes in CHW order: what the file's first operator codes again.
void append_image(const Tensor& input, const std::vector<std::uint8_t>& codes,
                  std::vector<float>& images) {
  const Shape& shape = input.shape;
  for (int c = 0; c < shape.channels; ++c) {
    for (int y = 0; y < shape.height; ++y) {
      for (int x = 0; x < shape.width; ++x) {
        const int steps = codes[shape.offset(y, x, c)] - input.zero_point;
        images.push_back(static_cast<float>(input.scale.front() * steps));
      }
    }
  }
}

template <class Element>
std::vector<std::vector<Element>> read_output(const fs::path& path, std::size_t images,
                                              std::size_t elements) {
  const std::string bytes = read(path);
  if (bytes.size() != images * elements * sizeof(Element)) {
    throw std::runtime_error(fmt::format("judge: {} bytes for {} images of {} elements",
                                         bytes.size(), images, elements));
  }
  std::vector<std::vector<Element>> result(images, std::vector<Element>(elements));
  for (std::size_t i = 0; i < images; ++i) {
    std::memcpy(result[i].data(), bytes.data() + i * elements * sizeof(Element),
                elements * sizeof(Element));
  }
  return result;
}

void call(const fs::path& folder, const Shape& shape, const std::string& optimisation) {
  const std::string at = folder.string();
  const std::string command = fmt::format(
      "node '{}/tests/judge/judge.js' '{}' '{}/model.onnx' '{}/images' 1,{},{},{} {} '{}/output' "
      "2> '{}/errors'",
      BROWNOUT_SOURCE_DIR, find_modules()->string(), at, at, shape.channels, shape.height,
      shape.width, optimisation, at, at);
  if (std::system(command.c_str()) != 0) throw std::runtime_error(read(folder / "errors"));
}

std::vector<Verdict> read_verdicts(const Graph& graph, const fs::path& folder, std::size_t images) {
  std::vector<Verdict> verdicts(images);
  const std::size_t outputs = graph.tensor(graph.output).shape.elements();
  auto reals = read_output<float>(folder / "output.0", images, outputs);
  for (std::size_t i = 0; i < images; ++i) verdicts[i].output = std::move(reals[i]);
  int file = 1;
  for (const Tensor& tensor : graph.tensors) {
    std::vector<std::vector<std::uint8_t>> codes(images);
    if (tensor.type == ElementType::kUint8) {
      codes = read_output<std::uint8_t>(folder / fmt::format("output.{}", file++), images,
                                        tensor.shape.elements());
    }
    for (std::size_t i = 0; i < images; ++i) verdicts[i].codes.push_back(std::move(codes[i]));
  }
  return verdicts;
}

}  // namespace

std::optional<fs::path> find_modules() {
  const fs::path modules = fs::path(BROWNOUT_SOURCE_DIR) / "build/judge/node_modules";
  if (!fs::exists(modules / "onnxruntime-node/package.json")) return std::nullopt;
  if (std::system("node --version > /dev/null 2>&1") != 0) return std::nullopt;
  return modules;
}

std::vector<Verdict> run(const Graph& graph, const std::vector<std::vector<std::uint8_t>>& images,
                         const std::string& optimisation) {
  const fs::path folder =
      fs::temp_directory_path() / ("brownout_judge_" + std::to_string(getpid()));
  fs::create_directories(folder);
  const Tensor& input = graph.tensor(graph.input);
  std::vector<float> reals;
  for (const auto& image : images) append_image(input, image, reals);
  std::ofstream(folder / "images", std::ios::binary)
      .write(reinterpret_cast<const char*>(reals.data()),
             static_cast<std::streamsize>(reals.size() * sizeof(float)));
  save_with_codes(graph, folder / "model.onnx");
  call(folder, input.shape, optimisation);
  std::vector<Verdict> verdicts = read_verdicts(graph, folder, images.size());
  fs::remove_all(folder);
  return verdicts;
}

}  // namespace brownout::judge
