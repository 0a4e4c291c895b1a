// SPDX-License-Identifier: Apache-2.0
// The file under every trace (layer 1): written as the run goes, in bounded memory, compressed when
// its name ends in `.zst`, and there under its name only once it is whole.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "sim/core/atomic_file.h"

namespace brownout::traces {

class TraceFile {
 public:
  /// Creates a temporary file beside `path`. Throws InputError with the system's reason when the
  /// folder does not exist or cannot be written to.
  explicit TraceFile(std::string path);
  ~TraceFile();
  TraceFile(const TraceFile&) = delete;
  TraceFile& operator=(const TraceFile&) = delete;
  TraceFile(TraceFile&&) = delete;
  TraceFile& operator=(TraceFile&&) = delete;

  /// Formats at the end of the file. Throws InputError when the disk is full, not only at the end.
  template <class... Args>
  void print(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(pending_), format, std::forward<Args>(args)...);
    if (pending_.size() >= kChunk) flush();
  }
  void write(std::string_view text) {
    pending_.append(text.data(), text.data() + text.size());
    if (pending_.size() >= kChunk) flush();
  }

  /// Ends the file, waits until it is on the disk and gives it its name. Call once.
  void commit();

  [[nodiscard]] const std::string& path() const { return path_; }
  /// Characters printed so far, before compression.
  [[nodiscard]] std::uint64_t size() const { return flushed_ + pending_.size(); }

 private:
  static constexpr std::size_t kChunk = std::size_t{64} * 1024;

  class Compressor;  // hides zstd

  void flush();
  void store(std::string_view bytes);

  std::string path_;
  AtomicFile file_;
  std::unique_ptr<Compressor> compressor_;  // null: plain
  fmt::memory_buffer pending_;
  std::uint64_t flushed_ = 0;
};

}  // namespace brownout::traces
