// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/network_config.h"

#include "models/zoo/topology.h"
#include "sim/core/error.h"

namespace brownout::sweep {
namespace {

constexpr std::size_t kDimensions = 3;

/// The name stands in CSV files and tables, one line each.
std::string one_line(std::string name) {
  for (char& letter : name) {
    if (static_cast<unsigned char>(letter) < ' ') letter = '_';
  }
  return name;
}

}  // namespace

bool NetworkConfig::is_untrained() const { return zoo || file.extension() == ".csv"; }

std::string NetworkConfig::name() const { return zoo ? zoo->name : one_line(file.stem().string()); }

models::ZooChoice read_zoo_choice(config::Section section) {
  models::ZooChoice choice;
  std::vector<std::pair<std::string, std::string>> names;
  for (const std::string& name : models::zoo_names()) names.emplace_back(name, name);
  choice.name = section.choice<std::string>("zoo", "untrained network, known by its shapes", names);
  const std::vector<std::int64_t> input = section.integers(
      "input", "channels, height and width of its input", {1, 4096},
      std::vector<std::int64_t>{choice.input.channels, choice.input.height, choice.input.width});
  if (input.size() == kDimensions) {
    choice.input = {static_cast<int>(input[0]), static_cast<int>(input[1]),
                    static_cast<int>(input[2])};
  } else {
    section.fail("input", "found " + std::to_string(input.size()) +
                              " numbers, allowed: three, channels, height and width");
  }
  choice.classes = static_cast<int>(
      section.integer("classes", "outputs of a classifier", {1, 4096}, choice.classes));
  return choice;
}

NetworkConfig read_network_config(config::Section root) {
  constexpr const char* kFile =
      "quantised network, an ONNX file, or a SCALE-Sim topology (.csv), or a mapping with `file` "
      "or "
      "`zoo`";
  NetworkConfig network;
  if (!root.is_mapping("network")) {
    network.file = root.path("network", kFile);
    return network;
  }
  config::Section section = root.section("network", "trained network, or untrained of the zoo");
  if (!section.has("file")) {
    network.zoo = read_zoo_choice(section);
    return network;
  }
  network.file = section.path("file", "quantised network, an ONNX file, or a topology (.csv)");
  network.clip_weights = models::read_weight_limit(section, "clip_weights");
  if (section.has("weight_bits")) {
    network.weight_bits = static_cast<int>(section.integer(
        "weight_bits", "bits that each weight has, the upper ones of its byte", {2, 8}, 8));
  }
  for (const char* key : {"clip_weights", "weight_bits"}) {
    if (!network.is_untrained() || !section.has(key)) continue;
    section.fail(key, "found for an untrained network, allowed: for an ONNX file");
  }
  return network;
}

std::vector<models::Graph> make_untrained_graphs(const NetworkConfig& config) {
  require(config.is_untrained(), "only untrained networks are made from their shapes");
  if (!config.zoo) return models::load_topology(config.file);
  std::vector<models::Graph> graphs;
  graphs.push_back(models::make_untrained(*config.zoo).graph);
  return graphs;
}

}  // namespace brownout::sweep
