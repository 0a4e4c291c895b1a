// SPDX-License-Identifier: Apache-2.0
// The typed view of one mapping of a configuration (layer 1): a cheap handle into a Document,
// valid as long as it. A reader that meets an error records a finding and returns a usable value
// (the default, or the nearest allowed one), so that all errors are found in one pass.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/config/limits.h"
#include "sim/config/place.h"
#include "sim/config/supply_voltage.h"

namespace brownout::config {

struct DocumentState;
struct SectionRecord;

/// Whether a list or mapping of sections may be left out; it then reads as empty.
enum class Need { kRequired, kOptional };

class Section {
 public:
  /// Made by Document and by the section readers below.
  Section(DocumentState& state, SectionRecord& record) : state_(&state), record_(&record) {}

  /// Whether the key is given. Counts as asking for it: it is not reported as unknown.
  [[nodiscard]] bool has(const std::string& key) const;
  /// The key is somebody else's: no unknown one, and no part of the configuration as read here.
  void leave_out(const std::string& key);
  /// Whether the key is given as a mapping: for keys that take a value or a section.
  [[nodiscard]] bool is_mapping(const std::string& key) const;
  /// Whether the key is given as this word: for keys that take it or something else.
  [[nodiscard]] bool says(const std::string& key, const std::string& word) const;

  /// An exact integer; `1e3` is one, `1.5` and `010` are errors.
  std::int64_t integer(const std::string& key, const std::string& description, Limits limits,
                       std::optional<std::int64_t> fallback = {});
  /// A finite number without unit.
  double number(const std::string& key, const std::string& description, Limits limits,
                std::optional<double> fallback = {});
  /// `true` or `false`, nothing else.
  bool flag(const std::string& key, const std::string& description,
            std::optional<bool> fallback = {});
  std::string text(const std::string& key, const std::string& description,
                   const std::optional<std::string>& fallback = {});
  /// An absolute, normalised path; written relative to the file in which the value stands, or to
  /// the override's folder (config/override.h), or to the working directory for the default. An
  /// empty default allows `""`, no path. Existence is the caller's to check.
  std::filesystem::path path(const std::string& key, const std::string& description,
                             std::optional<std::filesystem::path> fallback = {});

  /// One of `names`; call with explicit E. An error gives the default or the first name's value.
  template <class E>
  E choice(const std::string& key, const std::string& description,
           const std::vector<std::pair<std::string, E>>& names, std::optional<E> fallback = {}) {
    std::vector<std::string> words;
    std::optional<std::size_t> fallback_word;
    for (const auto& [word, value] : names) {
      if (fallback && !fallback_word && *fallback == value) fallback_word = words.size();
      words.push_back(word);
    }
    return names.at(choice_index(key, description, words, fallback_word)).second;
  }

  /// A number with its unit, for Q = Volts, VminRatio, Picojoules, Milliwatts, Picoseconds, Hertz,
  /// Cycles, Bytes or Bits; limits are in Q's unit.
  template <class Q>
  Q quantity(const std::string& key, const std::string& description, Limits limits,
             std::optional<Q> fallback = {});
  /// `0.62 V` or `0.83 Vmin`, above zero.
  SupplyVoltage voltage(const std::string& key, const std::string& description,
                        std::optional<SupplyVoltage> fallback = {});
  /// A list of at least one voltage, or equal steps: `{from: 1 Vmin, to: 0.75 Vmin, steps: 9}`.
  std::vector<SupplyVoltage> voltages(
      const std::string& key, const std::string& description,
      const std::optional<std::vector<SupplyVoltage>>& fallback = {});

  /// Lists; empty ones are allowed.
  std::vector<double> numbers(const std::string& key, const std::string& description, Limits limits,
                              const std::optional<std::vector<double>>& fallback = {});
  std::vector<std::int64_t> integers(const std::string& key, const std::string& description,
                                     Limits limits,
                                     const std::optional<std::vector<std::int64_t>>& fallback = {});
  std::vector<std::string> texts(const std::string& key, const std::string& description,
                                 const std::optional<std::vector<std::string>>& fallback = {});

  /// A mapping that must be there. When it is not, that one finding is recorded and the returned
  /// section gives defaults without further findings.
  Section section(const std::string& key, const std::string& description);
  std::optional<Section> optional_section(const std::string& key, const std::string& description);
  /// A list of mappings.
  std::vector<Section> sections(const std::string& key, const std::string& description,
                                Need need = Need::kRequired);
  /// A mapping of mappings under names the user chooses, in the order written.
  std::vector<std::pair<std::string, Section>> named_sections(const std::string& key,
                                                              const std::string& description,
                                                              Need need = Need::kRequired);

  /// Where the value of `key` stands; for a key not given, where this section stands.
  [[nodiscard]] Place place(const std::string& key) const;
  /// Where relative paths in the value of `key` start from; empty: the working directory.
  [[nodiscard]] std::filesystem::path folder(const std::string& key) const;
  /// Dotted path of this section from the root, empty for the root itself.
  [[nodiscard]] const std::string& name() const;
  /// Records an error found by the caller, at the place of `key`.
  void fail(const std::string& key, const std::string& message);

 private:
  std::size_t choice_index(const std::string& key, const std::string& description,
                           const std::vector<std::string>& words,
                           std::optional<std::size_t> fallback);

  DocumentState* state_;
  SectionRecord* record_;
};

}  // namespace brownout::config
