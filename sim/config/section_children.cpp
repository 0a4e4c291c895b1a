// SPDX-License-Identifier: Apache-2.0
// The readers of sections within a section.
#include "sim/config/readers.h"
#include "sim/config/section.h"

namespace brownout::config {
namespace {

constexpr const char* kMapping = "mapping";

const char* fallback_text(Need need) { return need == Need::kRequired ? "required" : "optional"; }

// `node` if it is a mapping; otherwise a finding and null.
const Node* as_mapping(const Reader& reader, const Node& node, const Spot& spot,
                       const std::string& path) {
  if (node.kind == NodeKind::kMapping) return &node;
  reader.reject(spot, path, {describe(node), ""}, kMapping);
  return nullptr;
}

void add_only_child(const Reader& reader, Ask& ask, const Entry& entry) {
  const std::string path = join_path(reader.record.path, entry.key);
  const Node* node = as_mapping(reader, entry.value, spot_of(entry), path);
  reader.record.add_child(ask, "", node, spot_of(entry));
}

// The entry of a list or mapping of sections; null and a finding when it is no `kind`.
const Entry* entry_of_kind(const Reader& reader, const Ask& ask, NodeKind kind, Need need) {
  const Entry* entry = reader.record.find(ask.question.key);
  if (entry == nullptr) {
    if (need == Need::kRequired) reader.missing(ask.question, ask.allowed);
    return nullptr;
  }
  if (entry->value.kind == kind) return entry;
  reader.reject(spot_of(*entry), join_path(reader.record.path, entry->key),
                {describe(entry->value), ""}, ask.allowed);
  return nullptr;
}

}  // namespace

Section Section::section(const std::string& key, const std::string& description) {
  const Reader reader{*state_, *record_};
  Ask& ask = record_->ask(AskKind::kSection, {key, description}, kMapping, "required");
  if (ask.children.empty()) {
    if (const Entry* entry = record_->find(key)) {
      add_only_child(reader, ask, *entry);
    } else {
      reader.missing(ask.question, kMapping);
      record_->add_child(ask, "", nullptr, record_->spot);
    }
  }
  return {*state_, *ask.children.front()};
}

std::optional<Section> Section::optional_section(const std::string& key,
                                                 const std::string& description) {
  Ask& ask = record_->ask(AskKind::kSection, {key, description}, kMapping, "optional");
  const Entry* entry = record_->find(key);
  if (entry == nullptr) return {};
  if (ask.children.empty()) add_only_child({*state_, *record_}, ask, *entry);
  return Section(*state_, *ask.children.front());
}

std::vector<Section> Section::sections(const std::string& key, const std::string& description,
                                       Need need) {
  const Reader reader{*state_, *record_};
  Ask& ask = record_->ask(AskKind::kSectionList, {key, description}, "list of mappings",
                          fallback_text(need));
  const Entry* entry =
      ask.children.empty() ? entry_of_kind(reader, ask, NodeKind::kList, need) : nullptr;
  for (std::size_t i = 0; entry != nullptr && i < entry->value.items.size(); ++i) {
    const Node& item = entry->value.items[i];
    const std::string index = std::to_string(i);
    const std::string path = join_path(join_path(record_->path, key), index);
    record_->add_child(ask, index, as_mapping(reader, item, item.spot, path), item.spot);
  }
  std::vector<Section> sections;
  for (const auto& child : ask.children) sections.emplace_back(*state_, *child);
  return sections;
}

std::vector<std::pair<std::string, Section>> Section::named_sections(const std::string& key,
                                                                     const std::string& description,
                                                                     Need need) {
  const Reader reader{*state_, *record_};
  Ask& ask = record_->ask(AskKind::kNamedSections, {key, description}, "mapping of mappings",
                          fallback_text(need));
  const Entry* entry =
      ask.children.empty() ? entry_of_kind(reader, ask, NodeKind::kMapping, need) : nullptr;
  for (std::size_t i = 0; entry != nullptr && i < entry->value.entries.size(); ++i) {
    const Entry& item = entry->value.entries[i];
    const std::string path = join_path(join_path(record_->path, key), item.key);
    const Spot spot = spot_of(item);
    record_->add_child(ask, item.key, as_mapping(reader, item.value, spot, path), spot);
  }
  std::vector<std::pair<std::string, Section>> sections;
  for (std::size_t i = 0; i < ask.children.size(); ++i) {
    sections.emplace_back(ask.names[i], Section(*state_, *ask.children[i]));
  }
  return sections;
}

Place Section::place(const std::string& key) const {
  const Entry* entry = record_->find(key);
  return (entry != nullptr ? spot_of(*entry) : record_->spot).place();
}

std::filesystem::path Section::folder(const std::string& key) const {
  const Entry* entry = record_->find(key);
  return (entry != nullptr ? spot_of(*entry) : record_->spot).source->folder;
}

const std::string& Section::name() const { return record_->path; }

void Section::fail(const std::string& key, const std::string& message) {
  const Entry* entry = record_->find(key);
  state_->load.diagnostics.add(entry != nullptr ? spot_of(*entry) : record_->spot,
                               join_path(record_->path, key), message);
}

}  // namespace brownout::config
