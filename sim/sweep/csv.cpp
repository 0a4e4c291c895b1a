// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/csv.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>
#include <fstream>
#include <iterator>
#include <optional>

#include "sim/core/error.h"

namespace brownout::sweep {
namespace {

std::string quoted_if_needed(const std::string& field) {
  if (field.find_first_of("\",") == std::string::npos) return field;
  std::string text = "\"";
  for (const char letter : field) {
    if (letter == '"') text += '"';
    text += letter;
  }
  return text + '"';
}

/// The fields of a line; none when a quote is left open or followed by text.
std::optional<std::vector<std::string>> split_csv(std::string_view line) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char letter = line[i];
    const bool ends_field = i + 1 == line.size() || line[i + 1] == ',';
    if (quoted && letter == '"' && !ends_field && line[i + 1] == '"') {
      fields.back() += line[++i];
    } else if (quoted && letter == '"') {
      if (!ends_field) return {};
      quoted = false;
    } else if (!quoted && letter == '"' && fields.back().empty()) {
      quoted = true;
    } else if (!quoted && letter == ',') {
      fields.emplace_back();
    } else {
      fields.back() += letter;
    }
  }
  if (quoted) return {};
  return fields;
}

std::string read_text(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw InputError(path + ": cannot be opened");
  std::string text{std::istreambuf_iterator<char>(stream), {}};
  return text;
}

template <class T>
std::optional<T> parse(const std::string& text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

}  // namespace

std::string join_csv(const std::vector<std::string>& fields) {
  std::vector<std::string> texts;
  texts.reserve(fields.size());
  for (const std::string& field : fields) texts.push_back(quoted_if_needed(field));
  std::string line = fmt::format("{}", fmt::join(texts, ","));
  require(line.find('\n') == std::string::npos, "a CSV row is one line");
  return line;
}

std::string csv_number(double value) { return fmt::format("{}", value); }

CsvFile read_csv(const std::string& path, const std::vector<std::string>& columns) {
  const std::string text = read_text(path);
  CsvFile file{path, columns, {}};
  std::size_t line = 0;
  std::size_t begin = 0;
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
    auto fields = split_csv(std::string_view(text).substr(begin, end - begin));
    begin = end + 1;
    ++line;
    if (line == 1) {
      if (fields != columns) {
        throw InputError(
            fmt::format("{}:1: found another header, allowed: {}", path, join_csv(columns)));
      }
    } else if (!fields || fields->size() != columns.size()) {
      throw InputError(fmt::format("{}:{}: found a damaged row, allowed: {} fields", path, line,
                                   columns.size()));
    } else {
      file.rows.push_back({line, *std::move(fields)});
    }
  }
  if (line == 0)
    throw InputError(fmt::format("{}:1: found no header, allowed: {}", path, join_csv(columns)));
  return file;
}

const std::string& CsvFields::text() {
  require(next_ < row_.fields.size(), "a row has as many fields as are taken");
  return row_.fields[next_++];
}

std::uint64_t CsvFields::count() {
  const auto value = parse<std::uint64_t>(text());
  if (!value) reject("a whole number");
  return *value;
}

std::optional<std::uint64_t> CsvFields::count_if_any() {
  require(next_ < row_.fields.size(), "a row has as many fields as are taken");
  if (!row_.fields[next_].empty()) return count();
  ++next_;
  return {};
}

double CsvFields::number() {
  const auto value = parse<double>(text());
  if (!value || !std::isfinite(*value)) reject("a number");
  return *value;
}

void CsvFields::reject(std::string_view allowed) const {
  throw InputError(fmt::format("{}:{}: {}: found '{}', allowed: {}", file_.path, row_.line,
                               file_.columns[next_ - 1], row_.fields[next_ - 1], allowed));
}

}  // namespace brownout::sweep
