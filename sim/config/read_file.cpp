// SPDX-License-Identifier: Apache-2.0
#include "sim/config/read_file.h"

#include <cerrno>
#include <fstream>
#include <system_error>
#include <vector>

#include "sim/config/load_state.h"

namespace brownout::config {

std::string read_file(const std::filesystem::path& file, std::string& text) {
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored)) return "it is a folder";
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return std::generic_category().message(errno);
  // Reads until the limit instead of asking for the size, which pipes do not have.
  std::vector<char> chunk(std::size_t{1} << 16);
  text.clear();
  while (stream && text.size() <= kLargestFile) {
    stream.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
    text.append(chunk.data(), static_cast<std::size_t>(stream.gcount()));
  }
  if (stream.bad()) return std::generic_category().message(errno);
  if (text.size() > kLargestFile) return "it is larger than 16 MiB";
  return "";
}

}  // namespace brownout::config
