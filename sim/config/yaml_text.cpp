// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "sim/config/value_types.h"

namespace brownout::config {
namespace {

// Words that YAML readers take for something else than text.
constexpr std::array<std::string_view, 10> kReserved = {"null", "true", "false", "yes", "no",
                                                        "on",   "off",  "y",     "n",   "inf"};

bool is_plain(const std::string& text) {
  const auto is_letter = [](unsigned char c) { return std::isalpha(c) != 0 || c == '_'; };
  const auto is_word = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '/' || c == '-';
  };
  if (text.empty() || !is_letter(static_cast<unsigned char>(text[0]))) return false;
  if (!std::all_of(text.begin(), text.end(), is_word)) return false;
  std::string lower = text;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::find(kReserved.begin(), kReserved.end(), lower) == kReserved.end();
}

}  // namespace

std::string yaml_quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      quoted += fmt::format("\\x{:02x}", byte);
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

std::string yaml_text(const std::string& text) { return is_plain(text) ? text : yaml_quoted(text); }

}  // namespace brownout::config
