// SPDX-License-Identifier: Apache-2.0
// What was asked of a configuration and what was answered (layer 1, internal): the source of
// unknown-key findings, of the resolved dump and of the schema. Owned by DocumentState.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/config/load_state.h"
#include "sim/config/tree.h"

namespace brownout::config {

struct SectionRecord;

enum class AskKind { kPresence, kLeftOut, kValue, kSection, kSectionList, kNamedSections };

/// A key and what is said about it wherever it is read.
struct Question {
  std::string key;
  std::string description;
};

/// One key asked for in one section.
struct Ask {
  AskKind kind = AskKind::kPresence;
  Question question;
  std::string allowed;
  /// `required`, `optional` or `default X`.
  std::string fallback;
  /// The answer as YAML (kValue).
  std::string value;
  /// The sections the key holds, with their names (kNamedSections).
  std::vector<std::unique_ptr<SectionRecord>> children;
  std::vector<std::string> names;
};

/// One mapping being read.
struct SectionRecord {
  /// Null when the section is missing or no mapping: that is reported once, what it lacks is not.
  const Node* node = nullptr;
  Spot spot;
  std::string path;
  /// The path with `*` for indices and for names the user chooses.
  std::string schema_path;
  /// In the order asked; behind pointers, as readers hold on to them.
  std::vector<std::unique_ptr<Ask>> asks;

  [[nodiscard]] const Entry* find(const std::string& key) const;
  /// The ask for this key, made if it is new; what has been said first stays.
  Ask& ask(AskKind kind, const Question& question, const std::string& allowed,
           const std::string& fallback);
  /// Adds to `ask` the section its key, or the item `name` of it, holds. `node` may be null.
  SectionRecord& add_child(Ask& ask, const std::string& name, const Node* child,
                           const Spot& where) const;
};

/// All a Document owns; sections point into it.
struct DocumentState {
  LoadState load;
  Node root;
  SectionRecord record;
};

/// A finding for every key within `record` that nobody asked for.
void report_unknown_keys(const SectionRecord& record, Diagnostics& diagnostics);

}  // namespace brownout::config
