// SPDX-License-Identifier: Apache-2.0
#include "sim/config/tree.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "sim/config/number.h"

namespace brownout::config {
namespace {

bool names_items(const Node& over, const Node& list) {
  return over.spot.source->is_override && !over.entries.empty() &&
         std::all_of(over.entries.begin(), over.entries.end(), [&list](const Entry& entry) {
           return item_index(entry.key, list.items.size()).has_value();
         });
}

void merge_items(Node& list, Node& over) {
  for (Entry& entry : over.entries) {
    merge(list.items[*item_index(entry.key, list.items.size())], std::move(entry.value));
  }
}

void merge_entries(Node& base, Node& over) {
  std::unordered_map<std::string, std::size_t> known;
  for (std::size_t i = 0; i < base.entries.size(); ++i) known.emplace(base.entries[i].key, i);
  for (Entry& entry : over.entries) {
    const auto found = known.find(entry.key);
    if (found == known.end()) {
      base.entries.push_back(std::move(entry));
      continue;
    }
    Entry& old = base.entries[found->second];
    const bool stays = old.value.kind == entry.value.kind && entry.key_spot.source->is_override &&
                       old.value.kind == NodeKind::kMapping;
    if (!stays) old.key_spot = entry.key_spot;
    merge(old.value, std::move(entry.value));
  }
}

}  // namespace

Spot spot_of(const Entry& entry) {
  const Spot& value = entry.value.spot;
  const bool beside = value.source == entry.key_spot.source && value.line == entry.key_spot.line;
  return beside && entry.value.kind != NodeKind::kNull ? value : entry.key_spot;
}

const Entry* find_entry(const Node& mapping, const std::string& key) {
  const auto found = std::find_if(mapping.entries.begin(), mapping.entries.end(),
                                  [&key](const Entry& entry) { return entry.key == key; });
  return found == mapping.entries.end() ? nullptr : &*found;
}

std::string join_path(const std::string& path, const std::string& key) {
  return path.empty() ? key : path + "." + key;
}

void merge(Node& base, Node over) {
  if (over.kind == NodeKind::kMapping && base.kind == NodeKind::kMapping) {
    merge_entries(base, over);
    // What a section lacks is reported in the file, not at the override that touched it.
    if (!over.spot.source->is_override) base.spot = over.spot;
  } else if (over.kind == NodeKind::kMapping && base.kind == NodeKind::kList &&
             names_items(over, base)) {
    merge_items(base, over);
  } else {
    base = std::move(over);
  }
}

}  // namespace brownout::config
