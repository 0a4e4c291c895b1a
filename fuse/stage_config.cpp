// SPDX-License-Identifier: Apache-2.0
#include "fuse/stage_config.h"

#include <algorithm>
#include <array>
#include <utility>

#include "models/zoo/zoo.h"

namespace brownout::fuse {
namespace {

using config::Section;

constexpr std::array<const char*, 3> kPlacementNames = {"array", "dedicated", "host"};
constexpr const char* kNone = "none";

/// Generators of the zoo: those that are no classifiers.
std::vector<std::pair<std::string, std::string>> generator_names() {
  std::vector<std::pair<std::string, std::string>> names;
  const auto& classifiers = models::zoo_classifier_names();
  for (const std::string& name : models::zoo_names()) {
    if (std::find(classifiers.begin(), classifiers.end(), name) == classifiers.end()) {
      names.emplace_back(name, name);
    }
  }
  return names;
}

GeneratorChoice read_generator(Section section) {
  constexpr const char* kFile =
      "quantised generator, an ONNX file, or a mapping with `zoo`: one with random weights";
  GeneratorChoice generator;
  if (section.is_mapping("generator")) {
    generator.zoo = section.section("generator", kFile)
                        .choice<std::string>("zoo", "untrained generator, known by its shapes",
                                             generator_names());
  } else {
    generator.file = section.path("generator", kFile);
  }
  generator.output = section.choice<GeneratorOutput>(
      "output", "what it gives: G(x), to be added to the image and clipped, or all of F(x)",
      {{"perturbation", GeneratorOutput::kPerturbation}, {"image", GeneratorOutput::kImage}},
      GeneratorOutput::kPerturbation);
  return generator;
}

HostCost read_host(Section section) {
  HostCost host;
  host.time = section.quantity<Picoseconds>("time", "of one image", {0, 1e15});
  host.energy = section.quantity<Picojoules>("energy", "of one image", {0, 1e15});
  host.source = section.text("source", "who measured or assumed them");
  return host;
}

HandoverConfig read_handover(Section section) {
  HandoverConfig handover;
  handover.bytes_per_cycle = static_cast<std::uint32_t>(
      section.integer("bytes_per_cycle", "copied in a cycle of the base accelerator's clock",
                      {1, 1e6}, handover.bytes_per_cycle));
  handover.energy_per_byte = section.quantity<Picojoules>(
      "energy_per_byte", "of writing and reading the buffer", {0, 1e9}, Picojoules(0));
  handover.source = section.text("source", "who measured or assumed it");
  return handover;
}

}  // namespace

const char* placement_name(Placement placement) {
  return kPlacementNames.at(static_cast<std::size_t>(placement));
}

std::string GeneratorChoice::name() const {
  std::string name = zoo.empty() ? file.stem().string() : zoo;
  for (char& letter : name) {
    if (static_cast<unsigned char>(letter) < ' ') letter = '_';
  }
  return name;
}

std::optional<StageConfig> read_stage_config(Section root) {
  constexpr const char* kStage = "generator in front of the network; `none`: none";
  if (root.says("fuse", kNone)) {
    static_cast<void>(root.text("fuse", kStage));
    return {};
  }
  auto section = root.optional_section("fuse", kStage);
  if (!section) return {};
  StageConfig stage;
  stage.generator = read_generator(*section);
  const auto placement = section->choice<std::optional<Placement>>(
      "placement", "where it runs; none: nowhere, the network is alone",
      {{kPlacementNames[0], Placement::kArray},
       {kPlacementNames[1], Placement::kDedicated},
       {kPlacementNames[2], Placement::kHost},
       {kNone, std::nullopt}});
  for (auto& [name, rail] : section->named_sections("rails", "voltages while the generator runs",
                                                    config::Need::kOptional)) {
    stage.rails.push_back({name, rail, rail.voltage("voltage", "supply voltage meanwhile")});
  }
  if (auto own = section->optional_section("accelerator", "of placement dedicated")) {
    stage.accelerator = accel::read_accelerator_config(*own);
  }
  if (auto handover = section->optional_section("handover", "of placement dedicated")) {
    stage.handover = read_handover(*handover);
  }
  constexpr const char* kHost = "of placement host: what an image costs there";
  if (placement == Placement::kHost) {
    stage.host = read_host(section->section("host", kHost));
  } else if (auto host = section->optional_section("host", kHost)) {
    stage.host = read_host(*host);
  }
  if (!placement) return {};
  stage.placement = *placement;
  return stage;
}

}  // namespace brownout::fuse
