// SPDX-License-Identifier: Apache-2.0
// Figures as a publication prints them (layer 5): a CSV of table, row, column, value.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <tuple>

namespace brownout::sweep {

/// A printed number: `557.14M` is 557.14 of 1e6.
struct PublishedValue {
  std::string text;
  double value = 0;  ///< in units of `unit`
  double unit = 1;   ///< 1e6 behind an M, 1e9 behind a G
};

class PublishedTables {
 public:
  /// Throws InputError naming file and line where the file is not such a table.
  explicit PublishedTables(const std::filesystem::path& file);

  /// Throws InputError when the publication has no such cell.
  [[nodiscard]] const PublishedValue& at(int table, const std::string& row,
                                         const std::string& column) const;

 private:
  std::filesystem::path file_;
  std::map<std::tuple<int, std::string, std::string>, PublishedValue> values_;
};

}  // namespace brownout::sweep
