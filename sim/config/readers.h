// SPDX-License-Identifier: Apache-2.0
// The one way a key is read (layer 1, internal): ask, find, parse, report, remember. Section's
// readers differ only in the ValueType they pass.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

#include "sim/config/record.h"
#include "sim/config/value_types.h"

namespace brownout::config {

/// Reads keys of one section.
struct Reader {
  DocumentState& state;
  SectionRecord& record;

  /// Reports `key` as missing, unless all of its section is.
  void missing(const Question& question, const std::string& allowed) const {
    if (record.node == nullptr) return;
    state.load.diagnostics.add(
        record.spot, join_path(record.path, question.key),
        fmt::format("missing, required: {} ({})", allowed, question.description));
  }

  void reject(const Spot& spot, const std::string& path, const Rejection& rejection,
              const std::string& allowed) const {
    state.load.diagnostics.add(spot, path, found_message(rejection.found, allowed, rejection.hint));
  }

  /// `node` as a T, or none and a finding.
  template <class T>
  std::optional<T> parse(const Node& node, const Spot& spot, const std::string& path,
                         const ValueType<T>& type) const {
    Rejection rejection{describe(node), ""};
    std::optional<T> value = type.parse(node, rejection);
    if (!value) reject(spot, path, rejection, type.allowed);
    return value;
  }

  template <class T>
  T value(const Question& question, const ValueType<T>& type,
          const std::optional<T>& fallback) const {
    Ask& ask = record.ask(AskKind::kValue, question, type.allowed,
                          fallback ? "default " + type.render(*fallback) : "required");
    std::optional<T> found;
    if (const Entry* entry = record.find(question.key)) {
      found = parse(entry->value, spot_of(*entry), join_path(record.path, question.key), type);
    } else if (!fallback) {
      missing(question, type.allowed);
    }
    T answer = found ? *found : fallback.value_or(type.substitute);
    ask.value = type.render(answer);
    return answer;
  }

  /// A list of T; `allowed` names it. A wrong item is reported by itself and left out.
  template <class T>
  std::vector<T> list(const Question& question, const std::string& allowed,
                      const ValueType<T>& type,
                      const std::optional<std::vector<T>>& fallback) const {
    Ask& ask = record.ask(AskKind::kValue, question, allowed,
                          fallback ? "default " + render_list(*fallback, type) : "required");
    const Entry* entry = record.find(question.key);
    const std::string path = join_path(record.path, question.key);
    std::vector<T> answer = fallback.value_or(std::vector<T>());
    if (entry == nullptr) {
      if (!fallback) missing(question, allowed);
    } else if (entry->value.kind != NodeKind::kList) {
      reject(spot_of(*entry), path, {describe(entry->value), ""}, allowed);
    } else {
      answer = items(*entry, path, type);
    }
    ask.value = render_list(answer, type);
    return answer;
  }

  template <class T>
  static std::string render_list(const std::vector<T>& values, const ValueType<T>& type) {
    std::vector<std::string> words;
    words.reserve(values.size());
    for (const T& value : values) words.push_back(type.render(value));
    return fmt::format("[{}]", fmt::join(words, ", "));
  }

 private:
  template <class T>
  std::vector<T> items(const Entry& entry, const std::string& path,
                       const ValueType<T>& type) const {
    std::vector<T> values;
    for (std::size_t i = 0; i < entry.value.items.size(); ++i) {
      const Node& item = entry.value.items[i];
      const auto value = parse(item, item.spot, join_path(path, std::to_string(i)), type);
      if (value) values.push_back(*value);
    }
    return values;
  }
};

}  // namespace brownout::config
