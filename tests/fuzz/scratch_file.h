// SPDX-License-Identifier: Apache-2.0
// What fuzz targets share: bytes as the file that a reader wants, and checks that a fuzzer sees.
#pragma once

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "sim/core/error.h"

namespace brownout::fuzz {

/// A file of this process in the temporary folder, gone with the object.
class ScratchFile {
 public:
  ScratchFile(const std::string& ending, const std::uint8_t* data, std::size_t size)
      : path_(std::filesystem::temp_directory_path() /
              ("brownout_fuzz_" + std::to_string(getpid()) + ending)) {
    std::ofstream(path_, std::ios::binary)
        .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
  }
  ~ScratchFile() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  ScratchFile(ScratchFile&&) = delete;
  ScratchFile& operator=(ScratchFile&&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Escapes the target, which fuzzer and replay take for a crash.
inline void expect(bool holds, const std::string& what) {
  if (!holds) throw std::logic_error("fuzz: " + what);
}

/// Runs `read`. It may refuse with an InputError that says something; anything else escapes.
template <class Read>
void refuse_or(Read read) {
  try {
    read();
  } catch (const InputError& error) {
    const std::string what = error.what();
    expect(what.size() > 10, "an error without a message: " + what);
    for (const char c : what) {
      const auto byte = static_cast<unsigned char>(c);
      expect(c == '\n' || (byte >= 0x20 && byte != 0x7f), "an error with control characters");
    }
  }
}

}  // namespace brownout::fuzz
