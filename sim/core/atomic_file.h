// SPDX-License-Identifier: Apache-2.0
// Files that survive a crash (layer 0): a result file is either absent, the old one or the whole
// new one, and an appended line is on the disk when the call returns. All failures throw
// InputError with the path and the system's reason (a full disk, a missing folder, no permission).
#pragma once

#include <memory>
#include <ostream>
#include <string>
#include <string_view>

namespace brownout {

/// A file written under a temporary name beside `path` and renamed over it by `commit()`.
///
/// Without `commit()`, or when it throws, the old file stays as it was and the temporary one is
/// removed. A killed process leaves at most a `.name.pid.n.tmp` behind, never a half-written
/// `path`.
class AtomicFile {
 public:
  /// Creates the temporary file; the folder of `path` must exist.
  explicit AtomicFile(std::string path);
  ~AtomicFile();
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  AtomicFile(AtomicFile&&) = delete;
  AtomicFile& operator=(AtomicFile&&) = delete;

  /// Where to write; write errors are kept and thrown by `commit()`.
  [[nodiscard]] std::ostream& stream();

  /// Flushes the contents to the disk, renames and flushes the folder. Call once.
  void commit();

 private:
  class State;  // hides the file descriptor and the stream buffer over it
  std::unique_ptr<State> state_;
};

/// Replaces the file `path` by `contents`, all or nothing.
void write_file_atomically(const std::string& path, std::string_view contents);

/// Appends `line` and a newline to `path` (created if missing) and waits until it is on the disk.
///
/// If an earlier writer was killed in the middle of a line, that torn tail is cut off first, so
/// every line of the file is whole. Writers of the same file take turns (flock, where the file
/// system has it). `line` must not contain a newline.
void append_line_durably(const std::string& path, std::string_view line);

}  // namespace brownout
