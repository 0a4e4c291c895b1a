// SPDX-License-Identifier: Apache-2.0
#include "sim/config/text_check.h"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>

namespace brownout::config {
namespace {

// Bytes of the UTF-8 character at `at`, 0 if it is none (RFC 3629: no surrogates, no long forms).
std::size_t character_bytes(const std::string& text, std::size_t at) {
  const auto byte = [&text](std::size_t i) -> std::uint32_t {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
  };
  const std::uint32_t lead = byte(at);
  if (lead < 0x80) return 1;
  const std::size_t bytes = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  std::uint32_t code = lead & (0x7FU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(at + i) & 0xC0U) != 0x80U) return 0;
    code = (code << 6U) | (byte(at + i) & 0x3FU);
  }
  const bool long_form = (bytes == 3 && code < 0x800) || (bytes == 4 && code < 0x10000);
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  return long_form || surrogate || code > 0x10FFFF ? 0 : bytes;
}

bool is_bad_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t';
}

// Whether the line goes on with more than blanks and a comment.
bool has_content(const std::string& text, std::size_t at) {
  const std::size_t word = text.find_first_not_of(" \t", at);
  return word != std::string::npos && std::string("\r\n#").find(text[word]) == std::string::npos;
}

}  // namespace

std::optional<TextProblem> check_text(const std::string& text) {
  int line = 1;
  int column = 1;
  bool in_indent = true;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    const std::size_t bytes = character_bytes(text, at);
    if (bytes == 0) return TextProblem{line, column, "found a byte that is no UTF-8"};
    if (is_bad_control(c)) {
      return TextProblem{line, column, fmt::format("found control character {:#04x}", c)};
    }
    if (c == '\t' && in_indent && has_content(text, at)) {
      return TextProblem{line, column, "found a tab as indentation, allowed: spaces"};
    }
    at += bytes;
    line += c == '\n' ? 1 : 0;
    column = c == '\n' ? 1 : column + 1;
    in_indent = c == '\n' || (in_indent && c == ' ');
  }
  return {};
}

}  // namespace brownout::config
