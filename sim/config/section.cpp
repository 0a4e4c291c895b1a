// SPDX-License-Identifier: Apache-2.0
// The readers of values; those of sections are in section_children.cpp.
#include "sim/config/section.h"

#include "sim/config/readers.h"
#include "sim/core/units.h"

namespace brownout::config {
namespace {

std::string list_of(const std::string& item) { return "list, each item " + item; }

}  // namespace

bool Section::has(const std::string& key) const {
  record_->ask(AskKind::kPresence, {key, ""}, "", "");
  return record_->find(key) != nullptr;
}

void Section::leave_out(const std::string& key) {
  record_->ask(AskKind::kLeftOut, {key, ""}, "", "");
}

bool Section::is_mapping(const std::string& key) const {
  record_->ask(AskKind::kPresence, {key, ""}, "", "");
  const Entry* entry = record_->find(key);
  return entry != nullptr && entry->value.kind == NodeKind::kMapping;
}

bool Section::says(const std::string& key, const std::string& word) const {
  record_->ask(AskKind::kPresence, {key, ""}, "", "");
  const Entry* entry = record_->find(key);
  return entry != nullptr && entry->value.kind == NodeKind::kScalar && entry->value.text == word;
}

std::int64_t Section::integer(const std::string& key, const std::string& description, Limits limits,
                              std::optional<std::int64_t> fallback) {
  return Reader{*state_, *record_}.value({key, description}, integer_type(limits), fallback);
}

double Section::number(const std::string& key, const std::string& description, Limits limits,
                       std::optional<double> fallback) {
  return Reader{*state_, *record_}.value({key, description}, number_type(limits), fallback);
}

bool Section::flag(const std::string& key, const std::string& description,
                   std::optional<bool> fallback) {
  return Reader{*state_, *record_}.value({key, description}, flag_type(), fallback);
}

std::string Section::text(const std::string& key, const std::string& description,
                          const std::optional<std::string>& fallback) {
  return Reader{*state_, *record_}.value({key, description}, text_type(), fallback);
}

std::filesystem::path Section::path(const std::string& key, const std::string& description,
                                    std::optional<std::filesystem::path> fallback) {
  const bool may_be_empty = fallback && fallback->empty();
  if (fallback && !may_be_empty) fallback = std::filesystem::absolute(*fallback).lexically_normal();
  return Reader{*state_, *record_}.value({key, description}, path_type(may_be_empty), fallback);
}

std::size_t Section::choice_index(const std::string& key, const std::string& description,
                                  const std::vector<std::string>& words,
                                  std::optional<std::size_t> fallback) {
  return Reader{*state_, *record_}.value({key, description}, choice_type(words), fallback);
}

template <class Q>
Q Section::quantity(const std::string& key, const std::string& description, Limits limits,
                    std::optional<Q> fallback) {
  return Reader{*state_, *record_}.value({key, description}, quantity_type<Q>(limits), fallback);
}

template Volts Section::quantity(const std::string&, const std::string&, Limits,
                                 std::optional<Volts>);
template VminRatio Section::quantity(const std::string&, const std::string&, Limits,
                                     std::optional<VminRatio>);
template Picojoules Section::quantity(const std::string&, const std::string&, Limits,
                                      std::optional<Picojoules>);
template Milliwatts Section::quantity(const std::string&, const std::string&, Limits,
                                      std::optional<Milliwatts>);
template Picoseconds Section::quantity(const std::string&, const std::string&, Limits,
                                       std::optional<Picoseconds>);
template Hertz Section::quantity(const std::string&, const std::string&, Limits,
                                 std::optional<Hertz>);
template Cycles Section::quantity(const std::string&, const std::string&, Limits,
                                  std::optional<Cycles>);
template Bytes Section::quantity(const std::string&, const std::string&, Limits,
                                 std::optional<Bytes>);
template Bits Section::quantity(const std::string&, const std::string&, Limits,
                                std::optional<Bits>);

SupplyVoltage Section::voltage(const std::string& key, const std::string& description,
                               std::optional<SupplyVoltage> fallback) {
  return Reader{*state_, *record_}.value({key, description}, voltage_type(), fallback);
}

std::vector<double> Section::numbers(const std::string& key, const std::string& description,
                                     Limits limits,
                                     const std::optional<std::vector<double>>& fallback) {
  const auto type = number_type(limits);
  return Reader{*state_, *record_}.list({key, description}, list_of(type.allowed), type, fallback);
}

std::vector<std::int64_t> Section::integers(
    const std::string& key, const std::string& description, Limits limits,
    const std::optional<std::vector<std::int64_t>>& fallback) {
  const auto type = integer_type(limits);
  return Reader{*state_, *record_}.list({key, description}, list_of(type.allowed), type, fallback);
}

std::vector<std::string> Section::texts(const std::string& key, const std::string& description,
                                        const std::optional<std::vector<std::string>>& fallback) {
  const auto type = text_type();
  return Reader{*state_, *record_}.list({key, description}, list_of(type.allowed), type, fallback);
}

}  // namespace brownout::config
