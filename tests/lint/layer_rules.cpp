// SPDX-License-Identifier: Apache-2.0
#include "tests/lint/layer_rules.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace brownout::lint {
namespace {

struct Folder {
  std::string_view path;
  int rank;
};

/// Lower ranks are used by higher ones; folders of equal rank do not know each other. The three
/// folders of the top layer are ordered too: the command line wires, a report reads a sweep's
/// results.
constexpr std::array<Folder, 11> kFolders = {{{"sim/core", 0},
                                              {"sim/config", 1},
                                              {"traces", 1},
                                              {"models", 2},
                                              {"memory", 2},
                                              {"accel", 3},
                                              {"fuse", 4},
                                              {"sim/sweep", 5},
                                              {"sim/model", 6},
                                              {"sim/report", 6},
                                              {"sim/cli", 7}}};

bool is_below(std::string_view path, std::string_view folder) {
  return starts_with(path, std::string(folder) + "/");
}

const Folder* layer_of(std::string_view path) {
  const auto* const found =
      std::find_if(kFolders.begin(), kFolders.end(),
                   [&](const Folder& folder) { return is_below(path, folder.path); });
  return found == kFolders.end() ? nullptr : found;
}

bool is_test(std::string_view path) { return is_below(path, "tests") || is_below(path, "bench"); }

std::string objection(const SourceFile& file, const Include& include) {
  const Folder* to = layer_of(include.target);
  if (to == nullptr && is_test(include.target)) {
    return is_test(file.path) ? "" : "what ships includes no tests or benchmarks";
  }
  if (to == nullptr) {
    return include.quoted
               ? "quoted includes start at the repository's root, third-party ones use <>"
               : "";
  }
  if (is_test(file.path)) return "";
  const Folder* from = layer_of(file.path);
  if (from == nullptr) return "this folder has no place in the layers";
  if (from == to || to->rank < from->rank) return "";
  return std::string(from->path) + " may not use " + std::string(to->path);
}

using Graph = std::map<std::string, std::set<std::string>>;

/// Depth-first search for a way back to `goal`; `visited` keeps it from running in circles.
bool leads_to(const Graph& graph, const std::string& from, const std::string& goal,
              std::set<std::string>& visited, std::vector<std::string>& path) {
  const auto found = graph.find(from);
  if (found == graph.end() || !visited.insert(from).second) return false;
  path.push_back(from);
  for (const std::string& next : found->second) {
    if (next == goal || leads_to(graph, next, goal, visited, path)) return true;
  }
  path.pop_back();
  return false;
}

}  // namespace

Findings check_layers(const SourceFile& file) {
  Findings findings;
  if (!is_cpp(file.path)) return findings;
  for (const Include& include : includes_of(file)) {
    const std::string message = objection(file, include);
    if (message.empty()) continue;
    findings.push_back(finding(file, include.line, "includes " + include.target + ": " + message));
  }
  return findings;
}

Findings check_folder_cycles(const std::vector<SourceFile>& files) {
  Graph graph;
  for (const SourceFile& file : files) {
    if (!is_cpp(file.path)) continue;
    const std::string from = folder_of(file.path);
    for (const Include& include : includes_of(file)) {
      const std::string to = folder_of(include.target);
      if (include.quoted && to != from) graph[from].insert(to);
    }
  }
  Findings findings;
  std::set<std::string> reported;
  for (const auto& [folder, targets] : graph) {
    std::set<std::string> visited;
    std::vector<std::string> path;
    if (reported.count(folder) != 0 || !leads_to(graph, folder, folder, visited, path)) continue;
    std::string cycle = "folders include each other: ";
    for (const std::string& step : path) {
      cycle.append(step).append(" -> ");
      reported.insert(step);
    }
    findings.push_back(cycle.append(folder));
  }
  return findings;
}

}  // namespace brownout::lint
