// SPDX-License-Identifier: Apache-2.0
// What the house rules look at: files of the source tree as text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace brownout::lint {

struct SourceFile {
  std::string path;  // from the repository's root, with slashes
  std::string text;
};

/// Complaints, each "path:line: what is wrong".
using Findings = std::vector<std::string>;

struct Include {
  std::size_t line = 0;  // counted from 1
  std::string target;
  bool quoted = false;  // "..." rather than <...>
};

/// The project's own text files below `root`, in path order; not what builds and runs leave there.
[[nodiscard]] std::vector<SourceFile> load_source_tree(const std::string& root);

/// The lines of `text` without their newlines.
[[nodiscard]] std::vector<std::string> lines_of(std::string_view text);

/// C++ `text` with comments and the insides of literals blanked out, line numbers kept.
[[nodiscard]] std::string code_only(std::string_view text);

[[nodiscard]] std::vector<Include> includes_of(const SourceFile& file);

/// "accel" of "accel/array.h", "" of "CMakeLists.txt".
[[nodiscard]] std::string folder_of(std::string_view path);

/// Whether `path` is a C++ header or source.
[[nodiscard]] bool is_cpp(std::string_view path);

/// Whether `path` is C++ that ships, as opposed to tests and benchmarks.
[[nodiscard]] bool is_production(std::string_view path);

[[nodiscard]] bool starts_with(std::string_view text, std::string_view prefix);
[[nodiscard]] bool ends_with(std::string_view text, std::string_view suffix);

/// Formats one finding.
[[nodiscard]] std::string finding(const SourceFile& file, std::size_t line,
                                  const std::string& message);

}  // namespace brownout::lint
