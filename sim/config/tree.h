// SPDX-License-Identifier: Apache-2.0
// The configuration as a tree of our own (layer 1, internal), so that only parser.cpp knows
// yaml-cpp and every value keeps its place when files are merged. Owned by DocumentState.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "sim/config/place.h"

namespace brownout::config {

/// A file, or one override of the command line.
struct Source {
  std::string name;
  /// Paths written in this source are relative to it.
  std::filesystem::path folder;
  /// Findings are sorted by it: the order of loading.
  std::size_t rank = 0;
  bool is_override = false;
};

/// A place that costs little to keep; the source outlives it. Line 0 means the source as a whole.
struct Spot {
  const Source* source = nullptr;
  int line = 0;
  int column = 0;

  [[nodiscard]] Place place() const { return {source->name, line, column}; }
};

enum class NodeKind { kNull, kScalar, kList, kMapping };

struct Entry;

/// One YAML value.
struct Node {
  NodeKind kind = NodeKind::kNull;
  Spot spot;
  std::string text;
  bool quoted = false;
  std::vector<Node> items;
  std::vector<Entry> entries;
};

/// A key of a mapping with its value.
struct Entry {
  std::string key;
  Spot key_spot;
  Node value;
};

/// Where to point for an entry: its value, or its key when the value stands on another line.
[[nodiscard]] Spot spot_of(const Entry& entry);

/// The entry of `mapping` with this key, or null.
[[nodiscard]] const Entry* find_entry(const Node& mapping, const std::string& key);

/// `path.key`, or `key` below the root.
[[nodiscard]] std::string join_path(const std::string& path, const std::string& key);

/// Lays `over` on `base`: mappings merge key by key, anything else is replaced. In an override a
/// mapping of indices alone changes these items of a list.
void merge(Node& base, Node over);

}  // namespace brownout::config
