// SPDX-License-Identifier: Apache-2.0
// The kinds of single values (layer 1, internal): each says what it allows, how it is read, how it
// is written again. Scalars and lists are read by the same code over these.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sim/config/limits.h"
#include "sim/config/quantity.h"
#include "sim/config/supply_voltage.h"
#include "sim/config/tree.h"

namespace brownout::config {

template <class T>
struct ValueType {
  /// As error messages and the schema name it.
  std::string allowed;
  /// Stands in for a value that is missing or wrong, so that reading can go on.
  T substitute;
  /// None when the node is not such a value; may then refine the rejection.
  std::function<std::optional<T>(const Node&, Rejection&)> parse;
  /// As YAML that parses to the same value.
  std::function<std::string(const T&)> render;
};

[[nodiscard]] ValueType<std::int64_t> integer_type(const Limits& limits);
[[nodiscard]] ValueType<double> number_type(const Limits& limits);
[[nodiscard]] ValueType<bool> flag_type();
[[nodiscard]] ValueType<std::string> text_type();
[[nodiscard]] ValueType<std::filesystem::path> path_type(bool may_be_empty);
/// The value is an index into `words`.
[[nodiscard]] ValueType<std::size_t> choice_type(const std::vector<std::string>& words);
template <class Q>
[[nodiscard]] ValueType<Q> quantity_type(const Limits& limits);
[[nodiscard]] ValueType<SupplyVoltage> voltage_type();

/// `text` as YAML that reads as this text, with or without quotes.
[[nodiscard]] std::string yaml_text(const std::string& text);
/// `text` in double quotes.
[[nodiscard]] std::string yaml_quoted(const std::string& text);

}  // namespace brownout::config
