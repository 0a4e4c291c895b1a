// SPDX-License-Identifier: Apache-2.0
#include "tests/lint/text_rules.h"

#include <algorithm>
#include <regex>

namespace brownout::lint {
namespace {

constexpr std::size_t kMaxLines = 350;

/// Finds every match of `pattern` in the code of `file`; the first group is the word to name.
Findings find_words(const SourceFile& file, const std::regex& pattern, const std::string& reason) {
  Findings findings;
  const std::vector<std::string> lines = lines_of(code_only(file.text));
  for (std::size_t i = 0; i < lines.size(); ++i) {
    for (std::sregex_iterator match(lines[i].begin(), lines[i].end(), pattern), end; match != end;
         ++match) {
      findings.push_back(finding(file, i + 1, "'" + (*match)[1].str() + "' " + reason));
    }
  }
  return findings;
}

bool may_use_torch(const SourceFile& file) {
  return starts_with(file.path, "models/train/") || starts_with(file.path, "fuse/");
}

}  // namespace

Findings check_licence_line(const SourceFile& file) {
  std::vector<std::string> lines = lines_of(file.text);
  const bool is_script = !lines.empty() && starts_with(lines[0], "#!");
  const bool is_commented_with_hash =
      is_script || ends_with(file.path, "CMakeLists.txt") || ends_with(file.path, ".cmake") ||
      ends_with(file.path, ".yaml") || ends_with(file.path, ".sh") || ends_with(file.path, ".py");
  if (!is_cpp(file.path) && !is_commented_with_hash) return {};
  const std::size_t index = is_script ? 1 : 0;
  const std::string expected =
      std::string(is_cpp(file.path) ? "//" : "#") + " SPDX-License-Identifier: Apache-2.0";
  if (lines.size() > index && lines[index] == expected) return {};
  return {finding(file, index + 1, "is not '" + expected + "'")};
}

Findings check_pragma_once(const SourceFile& file) {
  if (!ends_with(file.path, ".h")) return {};
  const std::vector<std::string> lines = lines_of(code_only(file.text));
  if (std::count(lines.begin(), lines.end(), "#pragma once") == 1) return {};
  return {finding(file, 1, "has no line '#pragma once'")};
}

Findings check_size(const SourceFile& file) {
  const std::size_t lines = lines_of(file.text).size();
  if (!is_cpp(file.path) || lines <= kMaxLines) return {};
  return {finding(file, lines, "is longer than " + std::to_string(kMaxLines) + " lines")};
}

Findings check_no_printing_or_exits(const SourceFile& file) {
  static const std::regex kWords(
      R"(\b((?:_|quick_)?exit|_Exit|abort|terminate|assert|v?f?printf|f?puts|putchar)\s*\(|\b(cout|cerr|clog)\b)");
  if (!is_production(file.path) || starts_with(file.path, "sim/cli/")) return {};
  return find_words(file, kWords, "is for sim/cli only: throw, or return the text");
}

Findings check_ownership(const SourceFile& file) {
  static const std::regex kNew(R"(\b(new)\b)");
  static const std::regex kDelete(R"((?:^|[^=\s])\s*\b(delete)\b)");  // not `= delete`
  static const std::regex kShared(R"(\b(shared_ptr|make_shared|weak_ptr)\b)");
  if (!is_production(file.path)) return {};
  Findings findings = find_words(file, kNew, "is not used: make_unique or a value");
  const auto add = [&](const std::regex& pattern, const char* reason) {
    const Findings more = find_words(file, pattern, reason);
    findings.insert(findings.end(), more.begin(), more.end());
  };
  add(kDelete, "is not used: ownership is a value or unique_ptr");
  if (!may_use_torch(file)) add(kShared, "is not used: one owner, others hold references");
  return findings;
}

Findings check_systemc_types(const SourceFile& file) {
  static const std::regex kTypes(R"(\b(sc_time|sc_module|SC_MODULE|SC_CTOR)\b)");
  const bool is_shell = ends_with(file.path, "_module.h") || ends_with(file.path, "_module.cpp");
  if (!is_production(file.path) || is_shell) return {};
  return find_words(file, kTypes, "belongs in *_module files; elsewhere count Cycles");
}

Findings check_torch_includes(const SourceFile& file) {
  static const std::regex kTorch(R"((torch|ATen|c10)/.*)");
  if (!is_production(file.path) || may_use_torch(file)) return {};
  Findings findings;
  for (const Include& include : includes_of(file)) {
    if (!std::regex_match(include.target, kTorch)) continue;
    findings.push_back(finding(file, include.line, "only models/train and fuse include libtorch"));
  }
  return findings;
}

}  // namespace brownout::lint
