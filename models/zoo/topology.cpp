// SPDX-License-Identifier: Apache-2.0
#include "models/zoo/topology.h"

#include <fmt/format.h>

#include <charconv>
#include <fstream>
#include <sstream>
#include <string>

#include "sim/core/error.h"

namespace brownout::models {
namespace {

constexpr std::size_t kGemmFields = 4;
constexpr std::size_t kConvFields = 8;
constexpr int kMostExtent = 1 << 24;
constexpr double kMostWeights = 2147483647;  // models::validate's limit for a tensor

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

/// A line of the file, its empty last field (a trailing comma) left out.
class TopologyLine {
 public:
  TopologyLine(std::string place, const std::string& line) : place_(std::move(place)) {
    std::istringstream stream(line);
    for (std::string field; std::getline(stream, field, ',');) fields_.push_back(trimmed(field));
    while (!fields_.empty() && fields_.back().empty()) fields_.pop_back();
  }

  [[nodiscard]] bool empty() const { return fields_.empty(); }
  [[nodiscard]] std::size_t size() const { return fields_.size(); }
  [[nodiscard]] const std::string& text(std::size_t i) const { return fields_.at(i); }

  [[nodiscard]] int extent(std::size_t i) const {
    const std::string& text = fields_.at(i);
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 1 ||
        value > kMostExtent) {
      reject(fmt::format("field {}: found '{}', allowed: 1 to {}", i + 1, text, kMostExtent));
    }
    return value;
  }

  [[noreturn]] void reject(const std::string& what) const {
    throw InputError(place_ + ": " + what);
  }

 private:
  std::string place_;
  std::vector<std::string> fields_;
};

/// A network of `conv`, which lacks weights only, over `input`.
Graph one_layer(const TopologyLine& line, Conv conv, const Shape& input, int channels) {
  const int inputs = input.channels / conv.groups;
  const double weights =
      static_cast<double>(conv.window.kernel_h) * conv.window.kernel_w * inputs * channels;
  if (weights > kMostWeights) {
    line.reject(fmt::format("found a layer of {:.0f} weights, allowed: up to {:.0f}", weights,
                            kMostWeights));
  }
  conv.weights.assign(static_cast<std::size_t>(weights), 0);
  conv.weight_scale = {1};
  conv.bias.assign(static_cast<std::size_t>(channels), 0);
  Graph graph;
  graph.name = line.text(0);
  const Shape out = output_shape(input, conv.window, channels);
  graph.tensors = {{"input", input, ElementType::kUint8, {1}, 0},
                   {"output", out, ElementType::kInt32, {1}, 0}};
  graph.nodes = {{line.text(0), std::move(conv), {TensorId(0)}, TensorId(1)}};
  graph.input = TensorId(0);
  graph.output = TensorId(1);
  validate(graph);
  return graph;
}

Graph read_gemm(const TopologyLine& line) {
  if (line.size() > kGemmFields) {
    line.reject(
        fmt::format("found '{}' after M, N and K, allowed: nothing, sparsity and batches "
                    "are not modelled",
                    line.text(kGemmFields)));
  }
  return one_layer(line, {}, {line.extent(3), line.extent(1), 1}, line.extent(2));
}

/// The field after the stride: `1:1`, or the stride along the width.
int width_stride(const TopologyLine& line, int height_stride) {
  if (line.size() == kConvFields) return height_stride;
  if (line.size() > kConvFields + 1) {
    line.reject(fmt::format("found {} fields, allowed: {} for a convolution, {} for a product",
                            line.size(), kConvFields, kGemmFields));
  }
  if (line.text(kConvFields).find(':') == std::string::npos) return line.extent(kConvFields);
  if (line.text(kConvFields) != "1:1") {
    line.reject(fmt::format("found sparsity '{}', allowed: 1:1, sparsity is not modelled",
                            line.text(kConvFields)));
  }
  return height_stride;
}

Graph read_conv(const TopologyLine& line) {
  const Shape input{line.extent(5), line.extent(1), line.extent(2)};
  Conv conv;
  Window& window = conv.window;
  window.kernel_h = line.extent(3);
  window.kernel_w = line.extent(4);
  window.stride_h = line.extent(7);
  window.stride_w = width_stride(line, window.stride_h);
  if (window.kernel_h > input.height || window.kernel_w > input.width) {
    line.reject(fmt::format("found a filter of {} x {}, allowed: up to the input's {} x {}",
                            window.kernel_h, window.kernel_w, input.height, input.width));
  }
  int filters = line.extent(6);
  if (line.text(0).find("DP") != std::string::npos) {
    conv.groups = input.channels;
    if (filters > kMostExtent / input.channels) line.reject("too many filters");
    filters *= input.channels;
  }
  return one_layer(line, std::move(conv), input, filters);
}

}  // namespace

std::vector<Graph> load_topology(const std::filesystem::path& file) {
  std::ifstream stream(file);
  if (!stream) throw InputError(file.string() + ": cannot be opened");
  std::vector<Graph> layers;
  std::string text;
  std::getline(stream, text);  // header
  for (std::size_t number = 2; std::getline(stream, text); ++number) {
    const TopologyLine line(fmt::format("{}:{}", file.string(), number), text);
    if (line.empty()) continue;
    if (line.size() < kGemmFields || (line.size() > 6 && line.size() < kConvFields)) {
      line.reject(fmt::format("found {} fields, allowed: {} for a convolution, {} for a product",
                              line.size(), kConvFields, kGemmFields));
    }
    layers.push_back(line.size() < kConvFields ? read_gemm(line) : read_conv(line));
  }
  if (layers.empty()) throw InputError(file.string() + ": found no layers");
  return layers;
}

}  // namespace brownout::models
