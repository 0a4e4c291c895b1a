// SPDX-License-Identifier: Apache-2.0
#include "models/zoo/zoo.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "models/zoo/families.h"
#include "sim/core/edit_distance.h"
#include "sim/core/error.h"

namespace brownout::models {
namespace {

struct ZooEntry {
  const char* name;
  int multiple;  ///< height and width of the input are one of it
  bool classifier;
  Architecture (*make)(const ZooChoice& choice);
};

template <int Depth, bool Imagenet>
Architecture resnet(const ZooChoice& choice) {
  return make_resnet(choice, Depth, Imagenet);
}

template <int Depth, bool Imagenet>
Architecture vgg(const ZooChoice& choice) {
  return make_vgg(choice, Depth, Imagenet);
}

constexpr std::array<ZooEntry, 16> kZoo = {
    {{"resnet18", 8, true, resnet<18, false>},
     {"resnet50", 8, true, resnet<50, false>},
     {"vgg11", 32, true, vgg<11, false>},
     {"vgg16", 32, true, vgg<16, false>},
     {"vgg19", 32, true, vgg<19, false>},
     {"resnet18_imagenet", 32, true, resnet<18, true>},
     {"resnet50_imagenet", 32, true, resnet<50, true>},
     {"vgg11_imagenet", 32, true, vgg<11, true>},
     {"vgg16_imagenet", 32, true, vgg<16, true>},
     {"vgg19_imagenet", 32, true, vgg<19, true>},
     {"conv_l", 8, false, [](const ZooChoice& c) { return make_conv_generator(c, true); }},
     {"conv_s", 8, false, [](const ZooChoice& c) { return make_conv_generator(c, false); }},
     {"deconv_l", 8, false, [](const ZooChoice& c) { return make_deconv_generator(c, true); }},
     {"deconv_s", 8, false, [](const ZooChoice& c) { return make_deconv_generator(c, false); }},
     {"unet_l", 8, false, [](const ZooChoice& c) { return make_unet_generator(c, true); }},
     {"unet_s", 8, false, [](const ZooChoice& c) { return make_unet_generator(c, false); }}}};

constexpr int kMostChannels = 4096;
constexpr int kMostExtent = 4096;

void check(const ZooChoice& choice, const ZooEntry& entry) {
  const Shape& in = choice.input;
  const bool fits = in.channels >= 1 && in.channels <= kMostChannels && in.height >= 1 &&
                    in.width >= 1 && in.height <= kMostExtent && in.width <= kMostExtent &&
                    in.height % entry.multiple == 0 && in.width % entry.multiple == 0;
  if (!fits) {
    throw InputError(fmt::format(
        "the zoo's '{}': found an input of {} x {} x {} (channels x height x width), allowed: 1 to "
        "{} channels, height and width multiples of {} up to {}",
        choice.name, in.channels, in.height, in.width, kMostChannels, entry.multiple, kMostExtent));
  }
  if (choice.classes < 1 || choice.classes > kMostChannels) {
    throw InputError(fmt::format("the zoo's '{}': found {} classes, allowed: 1 to {}", choice.name,
                                 choice.classes, kMostChannels));
  }
}

template <class Predicate>
std::vector<std::string> names_where(Predicate&& chosen) {
  std::vector<std::string> names;
  for (const ZooEntry& entry : kZoo) {
    if (chosen(entry)) names.emplace_back(entry.name);
  }
  return names;
}

}  // namespace

const std::vector<std::string>& zoo_names() {
  static const std::vector<std::string> kNames = names_where([](const ZooEntry&) { return true; });
  return kNames;
}

const std::vector<std::string>& zoo_classifier_names() {
  static const std::vector<std::string> kNames =
      names_where([](const ZooEntry& entry) { return entry.classifier; });
  return kNames;
}

Architecture make_architecture(const ZooChoice& choice) {
  const auto* const entry = std::find_if(kZoo.begin(), kZoo.end(),
                                         [&](const ZooEntry& e) { return choice.name == e.name; });
  if (entry == kZoo.end()) {
    const auto nearest = nearest_name(choice.name, zoo_names());
    throw InputError(fmt::format("found no network '{}' in the zoo, allowed: {}{}", choice.name,
                                 fmt::join(zoo_names(), ", "),
                                 nearest ? fmt::format(", did you mean '{}'?", *nearest) : ""));
  }
  check(choice, *entry);
  return entry->make(choice);
}

}  // namespace brownout::models
