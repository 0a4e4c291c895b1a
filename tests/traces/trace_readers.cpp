// SPDX-License-Identifier: Apache-2.0
#include "tests/traces/trace_readers.h"

#include <zstd.h>

#include <array>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

namespace brownout::trace_readers {
namespace {

std::string decompress(const std::string& bytes) {
  ZSTD_DCtx* context = ZSTD_createDCtx();
  std::string text;
  std::array<char, 1 << 16> chunk{};
  ZSTD_inBuffer input = {bytes.data(), bytes.size(), 0};
  std::size_t hint = 1;
  while (input.pos < input.size) {
    ZSTD_outBuffer output = {chunk.data(), chunk.size(), 0};
    hint = ZSTD_decompressStream(context, &output, &input);
    if (ZSTD_isError(hint) != 0) break;
    text.append(chunk.data(), output.pos);
  }
  ZSTD_freeDCtx(context);
  if (hint != 0) throw std::runtime_error("not a whole zstd frame");
  return text;
}

/// State of a reader in the middle of a dump.
struct VcdReader {
  std::istringstream words;
  Vcd vcd;
  std::vector<std::string> scope;
  std::multimap<std::string, std::string> names;  // by identifier
  std::uint64_t time = 0;
  bool timed = false;

  std::string next() {
    std::string word;
    if (!(words >> word)) throw std::runtime_error("a dump ends in the middle");
    return word;
  }
  void skip_to_end() {
    while (next() != "$end") {
    }
  }

  void declare() {
    static_cast<void>(next());  // kind
    static_cast<void>(next());  // width
    const std::string id = next();
    std::string name;
    for (const std::string& part : scope) name += part + ".";
    names.emplace(id, name + next());
    skip_to_end();
  }

  void directive(const std::string& word) {
    if (word == "$scope") {
      static_cast<void>(next());
      scope.push_back(next());
      skip_to_end();
    } else if (word == "$upscope") {
      if (scope.empty()) throw std::runtime_error("more upscopes than scopes");
      scope.pop_back();
      skip_to_end();
    } else if (word == "$var") {
      declare();
    } else if (word == "$dumpvars" || word == "$end") {
      return;
    } else {
      skip_to_end();
    }
  }

  void change(const std::string& id, const std::string& value) {
    if (!timed) throw std::runtime_error("a value before the first time");
    const auto [first, last] = names.equal_range(id);
    if (first == last) throw std::runtime_error("a value of the undeclared " + id);
    for (auto name = first; name != last; ++name) vcd.changes[name->second][time] = value;
  }

  void at_time(std::uint64_t now) {
    if (timed && now <= time) throw std::runtime_error("time does not rise");
    if (!timed) vcd.first_time = now;
    timed = true;
    time = now;
    vcd.last_time = now;
  }

  void read() {
    for (std::string word; words >> word;) {
      if (word[0] == '$') {
        directive(word);
      } else if (word[0] == '#') {
        at_time(std::stoull(word.substr(1)));
      } else if (word[0] == 'b' || word[0] == 'r' || word[0] == 's') {
        change(next(), word);
      } else if (word[0] == '0' || word[0] == '1' || word[0] == 'x') {
        change(word.substr(1), word.substr(0, 1));
      } else {
        throw std::runtime_error("no value change: " + word);
      }
    }
    if (!scope.empty()) throw std::runtime_error("fewer upscopes than scopes");
  }
};

}  // namespace

std::string read_trace(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw std::runtime_error("cannot read " + path.string());
  const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  return path.extension() == ".zst" ? decompress(bytes) : bytes;
}

std::vector<std::vector<std::string>> read_csv(const std::filesystem::path& path) {
  std::vector<std::vector<std::string>> rows;
  std::istringstream lines(read_trace(path));
  for (std::string line; std::getline(lines, line);) {
    std::vector<std::string> fields(1);
    bool is_quoted = false;
    for (const char letter : line) {
      if (letter == '"') is_quoted = !is_quoted;
      if (letter == ',' && !is_quoted) {
        fields.emplace_back();
      } else if (letter != '"') {
        fields.back() += letter;
      }
    }
    rows.push_back(std::move(fields));
  }
  return rows;
}

std::string Vcd::at(const std::string& name, std::uint64_t time) const {
  const auto variable = changes.find(name);
  if (variable == changes.end()) throw std::runtime_error("no variable " + name);
  const auto after = variable->second.upper_bound(time);
  if (after == variable->second.begin()) throw std::runtime_error(name + " has no value yet");
  return std::prev(after)->second;
}

std::uint64_t Vcd::bits_at(const std::string& name, std::uint64_t time) const {
  const std::string value = at(name, time);
  return std::stoull(value[0] == 'b' ? value.substr(1) : value, nullptr, 2);
}

Vcd read_vcd(const std::filesystem::path& path) {
  VcdReader reader{std::istringstream(read_trace(path)), {}, {}, {}, 0, false};
  reader.read();
  return std::move(reader.vcd);
}

}  // namespace brownout::trace_readers
