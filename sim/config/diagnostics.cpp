// SPDX-License-Identifier: Apache-2.0
#include "sim/config/diagnostics.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <unordered_set>

#include "sim/core/error.h"

namespace brownout::config {
namespace {

constexpr std::size_t kLongestQuote = 60;

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

}  // namespace

void Diagnostics::add(const Spot& spot, const std::string& path, const std::string& message) {
  findings_.push_back({spot, path, message});
}

void Diagnostics::raise_if_any() const {
  if (findings_.empty()) return;
  std::vector<Finding> sorted = findings_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const Finding& a, const Finding& b) {
    return std::tie(a.spot.source->rank, a.spot.line, a.spot.column) <
           std::tie(b.spot.source->rank, b.spot.line, b.spot.column);
  });
  std::vector<std::string> lines;
  std::unordered_set<std::string> seen;
  for (const Finding& finding : sorted) {
    const std::string path = finding.path.empty() ? "" : finding.path + ": ";
    const std::string line =
        one_line(fmt::format("{}: {}{}", to_string(finding.spot.place()), path, finding.message));
    // The same key read twice is still one finding.
    if (seen.insert(line).second) lines.push_back(line);
  }
  throw InputError(fmt::format("{}", fmt::join(lines, "\n")));
}

std::string quote(const std::string& text) {
  if (text.size() <= kLongestQuote) return "'" + text + "'";
  std::size_t end = kLongestQuote;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return "'" + text.substr(0, end) + "...'";
}

std::string describe(const Node& node) {
  switch (node.kind) {
    case NodeKind::kNull:
      return "nothing";
    case NodeKind::kScalar:
      return node.quoted ? "quoted text " + quote(node.text) : quote(node.text);
    case NodeKind::kList:
      return "a list";
    case NodeKind::kMapping:
      return "a mapping";
  }
  return "";
}

std::string found_message(const std::string& found, const std::string& allowed,
                          const std::string& hint) {
  const std::string question = hint.empty() ? "" : fmt::format(", did you mean '{}'?", hint);
  return fmt::format("found {}, allowed: {}{}", found, allowed, question);
}

std::string one_line(const std::string& text) {
  std::string line;
  for (const char c : text) {
    if (c == '\n') {
      line += "\\n";
    } else if (is_control(c)) {
      line += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      line += c;
    }
  }
  return line;
}

std::string either(const std::vector<std::string>& words) {
  if (words.size() < 2) return words.empty() ? "none" : words.front();
  return fmt::format("{} or {}", fmt::join(words.begin(), words.end() - 1, ", "), words.back());
}

}  // namespace brownout::config
