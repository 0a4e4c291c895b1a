// SPDX-License-Identifier: Apache-2.0
// The comma-separated tables of a results folder (layer 5): RFC 4180 quoting, one line a row, and
// errors that name file, line and column.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace brownout::sweep {

/// One line of fields, without newline. Fields must not contain newlines.
[[nodiscard]] std::string join_csv(const std::vector<std::string>& fields);

/// The shortest text that reads as exactly `value`.
[[nodiscard]] std::string csv_number(double value);

struct CsvRow {
  std::size_t line = 0;  ///< one-based
  std::vector<std::string> fields;
};

struct CsvFile {
  std::string path;
  std::vector<std::string> columns;
  std::vector<CsvRow> rows;
};

/// Reads a file whose first line is `columns`. A last line without newline is what a killed writer
/// leaves and is skipped. Throws InputError for anything else that is not a row of these columns.
[[nodiscard]] CsvFile read_csv(const std::string& path, const std::vector<std::string>& columns);

/// Takes the fields of one row from left to right. Throws InputError naming file, line and column.
class CsvFields {
 public:
  CsvFields(const CsvFile& file, const CsvRow& row) : file_(file), row_(row) {}

  [[nodiscard]] const std::string& text();
  [[nodiscard]] std::uint64_t count();
  /// None for an empty field.
  [[nodiscard]] std::optional<std::uint64_t> count_if_any();
  [[nodiscard]] double number();
  /// Reports the field taken last as wrong.
  [[noreturn]] void reject(std::string_view allowed) const;

 private:
  const CsvFile& file_;
  const CsvRow& row_;
  std::size_t next_ = 0;
};

}  // namespace brownout::sweep
