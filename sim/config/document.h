// SPDX-License-Identifier: Apache-2.0
// A loaded configuration (layer 1): owns the merged tree, the record of all keys asked for and the
// findings so far. Load, read everything through root(), then finish().
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "sim/config/override.h"
#include "sim/config/section.h"

namespace brownout::config {

class Document {
 public:
  /// Reads `file` with its includes and merges `overrides` over it, later ones winning. Throws
  /// InputError when a file cannot be read or parsed; every other finding waits for finish().
  static Document load(const std::filesystem::path& file, const Overrides& overrides = {});

  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;
  ~Document();

  [[nodiscard]] Section root();

  /// Adds a finding for every key nobody asked for, then throws one InputError with all findings,
  /// one a line in the order of their places, if there is any.
  void finish();

  /// The configuration as read: includes and overrides merged, defaults filled in, each key with
  /// its description, allowed values and default as comment. Loading it gives the same values.
  [[nodiscard]] std::string resolved_yaml() const;

  /// One line per key asked for: path, type with unit and limits, default or "required",
  /// description.
  [[nodiscard]] std::string schema() const;

 private:
  explicit Document(std::unique_ptr<DocumentState> state);

  std::unique_ptr<DocumentState> state_;
};

}  // namespace brownout::config
