// SPDX-License-Identifier: Apache-2.0
#include "sim/config/loader.h"

#include <fmt/format.h>

#include <sstream>
#include <utility>
#include <vector>

#include "sim/config/includes.h"
#include "sim/config/number.h"
#include "sim/config/parser.h"
#include "sim/config/text_check.h"

namespace brownout::config {
namespace {

std::vector<std::string> split_at_dots(const std::string& path) {
  std::vector<std::string> words;
  std::istringstream stream(path + ".");
  for (std::string word; std::getline(stream, word, '.');) words.push_back(word);
  return words;
}

// The entry of `mapping` whose key is words[first] or, for keys with dots in them, most words from
// there joined; `count` tells how many.
const Entry* find_longest(const Node& mapping, const std::vector<std::string>& words,
                          std::size_t first, std::size_t& count) {
  const Entry* longest = nullptr;
  std::string key;
  count = 1;
  for (std::size_t i = first; i < words.size(); ++i) {
    key = join_path(key, words[i]);
    if (const Entry* found = find_entry(mapping, key)) {
      longest = found;
      count = i - first + 1;
    }
  }
  return longest;
}

// The keys that lead through `root`, of which those it does not have are simply the words.
// A finding, and no keys, when one should be an index of a list and is not.
std::vector<std::string> keys_through(const Node& root, const std::vector<std::string>& words,
                                      const Spot& spot, Diagnostics& diagnostics) {
  std::vector<std::string> keys;
  std::string path;
  const Node* at = &root;
  for (std::size_t i = 0; i < words.size();) {
    std::size_t count = 1;
    std::string key = words[i];
    const Node* next = nullptr;
    if (at != nullptr && at->kind == NodeKind::kList) {
      const auto index = item_index(key, at->items.size());
      if (!index) {
        diagnostics.add(spot, path,
                        fmt::format("found index {} of a list of {}, allowed: a number below {}",
                                    quote(key), at->items.size(), at->items.size()));
        return {};
      }
      next = &at->items[*index];
    } else if (at != nullptr && at->kind == NodeKind::kMapping) {
      const Entry* entry = find_longest(*at, words, i, count);
      if (entry != nullptr) {
        key = entry->key;
        next = &entry->value;
      }
    }
    path = join_path(path, key);
    keys.push_back(key);
    at = next;
    i += count;
  }
  return keys;
}

// {k0: {k1: ... value}}.
Node wrap(Node value, const std::vector<std::string>& keys, const Spot& spot) {
  for (auto key = keys.rbegin(); key != keys.rend(); ++key) {
    Node mapping;
    mapping.kind = NodeKind::kMapping;
    mapping.spot = spot;
    mapping.entries.push_back({*key, spot, std::move(value)});
    value = std::move(mapping);
  }
  return value;
}

}  // namespace

std::optional<Node> load_file(const std::filesystem::path& file, LoadState& state) {
  return IncludeResolver(state).load(file, "", 0, nullptr);
}

void apply_override(const Override& one, Node& root, LoadState& state) {
  const std::string& text = one.text;
  const std::size_t equals = text.find('=');
  const std::string path = text.substr(0, equals);
  const Spot spot{&state.add_source("--set " + path, one.folder, true), 0, 0};
  const std::vector<std::string> words = split_at_dots(path);
  const bool named = !path.empty() && path.find("..") == std::string::npos && path.front() != '.' &&
                     path.back() != '.';
  if (equals == std::string::npos || !named || check_text(text) || words.size() > kDeepest) {
    state.diagnostics.add(spot, "", found_message(quote(text), "path.to.key=value"));
    return;
  }
  std::optional<Node> value = parse_yaml(text.substr(equals + 1), *spot.source, path, state);
  if (!value) return;
  const auto keys = keys_through(root, words, spot, state.diagnostics);
  if (keys.empty()) return;
  Node over = wrap(std::move(*value), keys, spot);
  if (IncludeResolver(state).resolve(over, "", 0)) merge(root, std::move(over));
}

}  // namespace brownout::config
