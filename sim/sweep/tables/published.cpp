// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/tables/published.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "sim/core/error.h"
#include "sim/sweep/csv.h"

namespace brownout::sweep {
namespace {

PublishedValue parse(CsvFields& fields) {
  PublishedValue result;
  result.text = fields.text();
  std::string number = result.text;
  if (!number.empty() && (number.back() == 'M' || number.back() == 'G')) {
    result.unit = number.back() == 'M' ? 1e6 : 1e9;
    number.pop_back();
  }
  const auto [end, error] =
      std::from_chars(number.data(), number.data() + number.size(), result.value);
  if (error != std::errc() || end != number.data() + number.size() ||
      !std::isfinite(result.value)) {
    fields.reject("a number, perhaps followed by M or G");
  }
  return result;
}

}  // namespace

PublishedTables::PublishedTables(const std::filesystem::path& file) : file_(file) {
  const CsvFile csv = read_csv(file.string(), {"table", "row", "column", "value"});
  for (const CsvRow& line : csv.rows) {
    CsvFields fields(csv, line);
    const auto table = static_cast<int>(fields.count());
    const std::string row = fields.text();
    const std::string column = fields.text();
    if (!values_.emplace(std::tuple(table, row, column), parse(fields)).second) {
      throw InputError(fmt::format("{}:{}: found table {}, {}, {} twice", file.string(), line.line,
                                   table, row, column));
    }
  }
}

const PublishedValue& PublishedTables::at(int table, const std::string& row,
                                          const std::string& column) const {
  const auto found = values_.find({table, row, column});
  if (found != values_.end()) return found->second;
  throw InputError(fmt::format("{}: found no table {}, row '{}', column '{}'", file_.string(),
                               table, row, column));
}

}  // namespace brownout::sweep
