// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/variants.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace brownout::sweep {
namespace {

bool is_folder_name(const std::string& name) {
  const auto is_plain = [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || letter == '-' || letter == '_' || letter == '.' ||
           letter == '+';
  };
  return !name.empty() && name.front() != '.' && std::all_of(name.begin(), name.end(), is_plain);
}

}  // namespace

std::vector<Variant> read_variants(config::Section root) {
  std::vector<Variant> variants;
  std::set<std::string> names;
  for (config::Section section :
       root.sections("variants", "the same sweep under several overrides, one folder each",
                     config::Need::kOptional)) {
    Variant variant;
    variant.name = section.text("name", "name of its folder and in tables");
    for (std::string& text :
         section.texts("set", "KEY=VALUE, as --set has them", std::vector<std::string>{})) {
      variant.overrides.emplace_back(std::move(text), section.folder("set"));
    }
    if (!is_folder_name(variant.name)) {
      section.fail("name",
                   fmt::format("found '{}', allowed: letters, digits, '-', '_', '+' and '.', "
                               "which is not the first",
                               variant.name));
    } else if (!names.insert(variant.name).second) {
      section.fail("name", fmt::format("found '{}' twice", variant.name));
    }
    variants.push_back(std::move(variant));
  }
  return variants;
}

config::Overrides with(config::Overrides overrides, const Variant& variant) {
  overrides.insert(overrides.end(), variant.overrides.begin(), variant.overrides.end());
  return overrides;
}

}  // namespace brownout::sweep
