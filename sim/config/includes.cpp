// SPDX-License-Identifier: Apache-2.0
#include "sim/config/includes.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <utility>

#include "sim/config/parser.h"
#include "sim/config/read_file.h"

namespace brownout::config {
namespace {

constexpr const char* kInclude = "include";

// Takes the `include` entry out of `mapping`.
std::optional<Entry> take_include(Node& mapping) {
  const auto found = std::find_if(mapping.entries.begin(), mapping.entries.end(),
                                  [](const Entry& entry) { return entry.key == kInclude; });
  if (found == mapping.entries.end()) return {};
  Entry entry = std::move(*found);
  mapping.entries.erase(found);
  return entry;
}

bool is_file_name(const Node& node) { return node.kind == NodeKind::kScalar && !node.text.empty(); }

// The files an `include` names; none if it is neither a name nor a list of names.
std::optional<std::vector<Node>> named_files(const Node& value) {
  if (is_file_name(value)) return std::vector<Node>{value};
  if (value.kind != NodeKind::kList) return {};
  if (!std::all_of(value.items.begin(), value.items.end(), is_file_name)) return {};
  return value.items;
}

std::filesystem::path on_disk(const std::filesystem::path& file) {
  std::error_code error;
  const std::filesystem::path resolved = std::filesystem::weakly_canonical(file, error);
  return error ? file : resolved;
}

}  // namespace

bool IncludeResolver::enter(const std::filesystem::path& file, const std::string& prefix,
                            const Spot* asked_by) {
  const std::filesystem::path real = on_disk(file);
  const auto cycle = std::find(open_files_.begin(), open_files_.end(), real);
  std::string problem;
  if (cycle != open_files_.end()) {
    std::vector<std::string> chain;
    for (auto it = cycle; it != open_files_.end(); ++it) chain.push_back(it->filename().string());
    chain.push_back(real.filename().string());
    problem = fmt::format("found a cycle of includes {}, allowed: none", fmt::join(chain, " -> "));
  } else if (open_files_.size() >= kDeepest) {
    problem = fmt::format("found more than {0} includes within each other, allowed: {0}", kDeepest);
  } else if (state_.sources.size() >= kMostFiles) {
    problem = fmt::format("found more than {0} files, allowed: {0}", kMostFiles);
  }
  if (!problem.empty() && asked_by != nullptr) {
    state_.diagnostics.add(*asked_by, join_path(prefix, kInclude), problem);
    return false;
  }
  open_files_.push_back(real);
  return true;
}

std::optional<Node> IncludeResolver::load(const std::filesystem::path& file,
                                          const std::string& prefix, int depth,
                                          const Spot* asked_by) {
  if (!enter(file, prefix, asked_by)) return {};
  const Source& source = state_.add_source(file.string(), file.parent_path(), false);
  const Spot whole{&source, 0, 0};
  std::optional<Node> root;
  std::string text;
  if (const std::string problem = read_file(file, text); !problem.empty()) {
    const std::string message = fmt::format(
        "found '{}', which cannot be read ({}), allowed: a YAML file", file.string(), problem);
    const std::string path = asked_by != nullptr ? join_path(prefix, kInclude) : "";
    state_.diagnostics.add(asked_by != nullptr ? *asked_by : whole, path, message);
  } else if (root = parse_yaml(text, source, prefix, state_);
             root && root->kind != NodeKind::kMapping) {
    state_.diagnostics.add(root->spot, prefix, found_message(describe(*root), "a mapping of keys"));
    root.reset();
  }
  if (root && !resolve(*root, prefix, depth)) root.reset();
  open_files_.pop_back();
  return root;
}

bool IncludeResolver::resolve(Node& node, const std::string& path, int depth) {
  if (depth > kDeepest) {
    state_.diagnostics.add(
        node.spot, path,
        fmt::format("found nesting deeper than {0} levels, allowed: {0}", kDeepest));
    return false;
  }
  bool complete = true;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    complete &= resolve(node.items[i], join_path(path, std::to_string(i)), depth + 1);
  }
  for (Entry& entry : node.entries) {
    if (entry.key == kInclude) continue;
    complete &= resolve(entry.value, join_path(path, entry.key), depth + 1);
  }
  return node.kind == NodeKind::kMapping ? resolve_mapping(node, path, depth) && complete
                                         : complete;
}

bool IncludeResolver::resolve_mapping(Node& mapping, const std::string& path, int depth) {
  const std::optional<Entry> include = take_include(mapping);
  if (!include) return true;
  const auto files = named_files(include->value);
  if (!files) {
    state_.diagnostics.add(
        spot_of(*include), join_path(path, kInclude),
        found_message(describe(include->value), "a file name or a list of file names"));
    return false;
  }
  bool complete = true;
  Node base;
  base.kind = NodeKind::kMapping;
  base.spot = mapping.spot;
  for (const Node& name : *files) {
    const std::filesystem::path folder = include->key_spot.source->folder;
    auto included = load((folder / name.text).lexically_normal(), path, depth, &name.spot);
    complete &= included.has_value();
    if (included) merge(base, std::move(*included));
  }
  const Spot own = mapping.spot;
  merge(base, std::move(mapping));
  mapping = std::move(base);
  mapping.spot = own;
  return complete;
}

}  // namespace brownout::config
