// SPDX-License-Identifier: Apache-2.0
// Small independent readers of what `traces` writes, for tests: they know the formats, not the
// writers.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace brownout::trace_readers {

/// Contents of a file; decompressed, its checksum verified, if the name ends in `.zst`.
[[nodiscard]] std::string read_trace(const std::filesystem::path& path);

/// Fields of every line, cut at commas outside quotes.
[[nodiscard]] std::vector<std::vector<std::string>> read_csv(const std::filesystem::path& path);

/// A value change dump.
struct Vcd {
  /// By full name, e.g. `brownout.array.state`: value from each time (ps) on, as written (`b101`,
  /// `1`, `r0.8`, `stext`).
  std::map<std::string, std::map<std::uint64_t, std::string>> changes;
  std::uint64_t first_time = 0;
  std::uint64_t last_time = 0;

  /// Value at `time`; an unknown name or a time before the first value fails the reading.
  [[nodiscard]] std::string at(const std::string& name, std::uint64_t time) const;
  /// The same of a binary number.
  [[nodiscard]] std::uint64_t bits_at(const std::string& name, std::uint64_t time) const;
};

/// Throws std::runtime_error on anything IEEE 1364 does not allow, time going back included.
[[nodiscard]] Vcd read_vcd(const std::filesystem::path& path);

}  // namespace brownout::trace_readers
