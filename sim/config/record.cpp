// SPDX-License-Identifier: Apache-2.0
#include "sim/config/record.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/core/edit_distance.h"

namespace brownout::config {
namespace {

void report_unknown(const SectionRecord& record, const Entry& entry,
                    const std::vector<std::string>& known, Diagnostics& diagnostics) {
  const auto nearest = nearest_name(entry.key, known);
  const std::string question = nearest ? fmt::format(", did you mean '{}'?", *nearest) : "";
  const std::string allowed = known.empty() ? "none" : fmt::format("{}", fmt::join(known, ", "));
  diagnostics.add(entry.key_spot, join_path(record.path, entry.key),
                  fmt::format("unknown key, allowed: {}{}", allowed, question));
}

}  // namespace

const Entry* SectionRecord::find(const std::string& key) const {
  return node == nullptr ? nullptr : find_entry(*node, key);
}

Ask& SectionRecord::ask(AskKind kind, const Question& question, const std::string& allowed,
                        const std::string& fallback) {
  auto found = std::find_if(asks.begin(), asks.end(), [&question](const auto& known) {
    return known->question.key == question.key;
  });
  if (found == asks.end()) found = asks.insert(found, std::make_unique<Ask>());
  Ask& asked = **found;
  if (asked.kind != AskKind::kPresence) return asked;
  asked.kind = kind;
  asked.question = question;
  asked.allowed = allowed;
  asked.fallback = fallback;
  return asked;
}

SectionRecord& SectionRecord::add_child(Ask& ask, const std::string& name, const Node* child,
                                        const Spot& where) const {
  auto made = std::make_unique<SectionRecord>();
  made->node = child;
  made->spot = where;
  made->path = join_path(path, ask.question.key);
  made->schema_path = join_path(schema_path, ask.question.key);
  if (!name.empty()) {
    made->path = join_path(made->path, name);
    made->schema_path = join_path(made->schema_path, "*");
  }
  ask.names.push_back(name);
  ask.children.push_back(std::move(made));
  return *ask.children.back();
}

void report_unknown_keys(const SectionRecord& record, Diagnostics& diagnostics) {
  std::vector<std::string> known;
  for (const auto& ask : record.asks) {
    known.push_back(ask->question.key);
    for (const auto& child : ask->children) report_unknown_keys(*child, diagnostics);
  }
  if (record.node == nullptr) return;
  for (const Entry& entry : record.node->entries) {
    if (std::find(known.begin(), known.end(), entry.key) == known.end()) {
      report_unknown(record, entry, known, diagnostics);
    }
  }
}

}  // namespace brownout::config
