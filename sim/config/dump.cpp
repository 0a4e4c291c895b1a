// SPDX-License-Identifier: Apache-2.0
#include "sim/config/dump.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <vector>

#include "sim/config/value_types.h"

namespace brownout::config {
namespace {

using Lines = std::vector<std::string>;

Lines section_lines(const SectionRecord& record);

// Appends `block` below `head`, or beside it when `block` is one flow value.
void append_block(Lines& lines, const std::string& head, const Lines& block,
                  const std::string& comment) {
  if (block.size() == 1 && (block[0] == "{}" || block[0] == "[]")) {
    lines.push_back(head + " " + block[0] + comment);
    return;
  }
  lines.push_back(head + comment);
  for (const std::string& line : block) lines.push_back("  " + line);
}

// Appends `block` as a list item.
void append_item(Lines& lines, const Lines& block) {
  for (std::size_t i = 0; i < block.size(); ++i) {
    lines.push_back((i == 0 ? "- " : "  ") + block[i]);
  }
}

// A plain scalar may stay plain when it is surely read back the same.
std::string scalar_yaml(const Node& node) {
  const std::string& text = node.text;
  const auto is_word = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '/' || c == '-' || c == '+';
  };
  const bool starts = !text.empty() && std::isalnum(static_cast<unsigned char>(text[0])) != 0;
  const bool signed_number = text.size() > 1 && (text[0] == '-' || text[0] == '+') &&
                             std::isdigit(static_cast<unsigned char>(text[1])) != 0;
  const bool ends = !text.empty() && text.back() != ' ';
  const bool inner = std::all_of(text.begin(), text.end(),
                                 [&](unsigned char c) { return is_word(c) || c == ' '; });
  const bool plain = !node.quoted && (starts || signed_number) && ends && inner;
  return plain ? text : yaml_quoted(text);
}

Lines node_lines(const Node& node) {
  Lines lines;
  switch (node.kind) {
    case NodeKind::kNull:
      return {"null"};
    case NodeKind::kScalar:
      return {scalar_yaml(node)};
    case NodeKind::kList:
      for (const Node& item : node.items) append_item(lines, node_lines(item));
      return lines.empty() ? Lines{"[]"} : lines;
    case NodeKind::kMapping:
      for (const Entry& entry : node.entries) {
        const std::string head = yaml_text(entry.key) + ":";
        const bool single =
            entry.value.kind == NodeKind::kNull || entry.value.kind == NodeKind::kScalar;
        const Lines block = node_lines(entry.value);
        if (single) {
          lines.push_back(head + " " + block[0]);
        } else {
          append_block(lines, head, block, "");
        }
      }
      return lines.empty() ? Lines{"{}"} : lines;
  }
  return lines;
}

std::string comment_of(const Ask& ask) {
  return one_line(
      fmt::format("  # {}; {}; {}", ask.question.description, ask.allowed, ask.fallback));
}

bool holds_sections(const Ask& ask) {
  return ask.kind == AskKind::kSection || ask.kind == AskKind::kSectionList ||
         ask.kind == AskKind::kNamedSections;
}

Lines children_lines(const Ask& ask) {
  if (ask.kind == AskKind::kSection) return section_lines(*ask.children.front());
  Lines lines;
  for (std::size_t i = 0; i < ask.children.size(); ++i) {
    const Lines block = section_lines(*ask.children[i]);
    if (ask.kind == AskKind::kSectionList) {
      append_item(lines, block);
    } else {
      append_block(lines, yaml_text(ask.names[i]) + ":", block, "");
    }
  }
  if (!lines.empty()) return lines;
  return {ask.kind == AskKind::kSectionList ? "[]" : "{}"};
}

void append_ask(Lines& lines, const SectionRecord& record, const Ask& ask) {
  const std::string head = yaml_text(ask.question.key) + ":";
  const Entry* entry = record.find(ask.question.key);
  if (ask.kind == AskKind::kValue) {
    lines.push_back(head + " " + ask.value + comment_of(ask));
  } else if (holds_sections(ask) && entry != nullptr) {
    append_block(lines, head, children_lines(ask), comment_of(ask));
  }
}

Lines section_lines(const SectionRecord& record) {
  Lines lines;
  std::set<std::string> answered;
  for (const auto& ask : record.asks) {
    append_ask(lines, record, *ask);
    if (ask->kind != AskKind::kPresence) answered.insert(ask->question.key);
  }
  Node rest;
  rest.kind = NodeKind::kMapping;
  if (record.node != nullptr) {
    for (const Entry& entry : record.node->entries) {
      if (answered.count(entry.key) == 0) rest.entries.push_back(entry);
    }
  }
  if (rest.entries.empty() && !lines.empty()) return lines;
  for (const std::string& line : node_lines(rest)) lines.push_back(line);
  return lines;
}

void append_schema(const SectionRecord& record, std::set<std::string>& seen, Lines& lines) {
  for (const auto& ask : record.asks) {
    const std::string path = join_path(record.schema_path, ask->question.key);
    if ((ask->kind == AskKind::kValue || holds_sections(*ask)) && seen.insert(path).second) {
      lines.push_back(one_line(fmt::format("{}: {}; {}; {}", path, ask->allowed, ask->fallback,
                                           ask->question.description)));
    }
    for (const auto& child : ask->children) append_schema(*child, seen, lines);
  }
}

}  // namespace

std::string dump_yaml(const SectionRecord& root) {
  return fmt::format("{}\n", fmt::join(section_lines(root), "\n"));
}

std::string dump_schema(const SectionRecord& root) {
  std::set<std::string> seen;
  Lines lines;
  append_schema(root, seen, lines);
  return lines.empty() ? "" : fmt::format("{}\n", fmt::join(lines, "\n"));
}

}  // namespace brownout::config
