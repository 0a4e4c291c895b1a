// SPDX-License-Identifier: Apache-2.0
#include "traces/vcd_writer.h"

#include <algorithm>
#include <utility>

#include "sim/core/error.h"

namespace brownout::traces {
namespace {

constexpr const char* kClockId = "!";
constexpr const char* kCycleId = "\"";

/// Identifiers are printable ASCII, `!` to `~`; the first two are the clock's and the cycle's.
std::string identifier(std::size_t index) {
  constexpr std::size_t kFirst = 33;
  constexpr std::size_t kDigits = 94;
  std::string id;
  for (std::size_t rest = index + 2;; rest = rest / kDigits - 1) {
    id += static_cast<char>(kFirst + rest % kDigits);
    if (rest < kDigits) return id;
  }
}

std::string binary(std::uint64_t bits) { return fmt::format("b{:b} ", bits); }

/// A word: spaces would end the value.
std::string one_word(std::string text) {
  for (char& letter : text) {
    if (static_cast<unsigned char>(letter) <= ' ') letter = '_';
  }
  return text.empty() ? "_" : text;
}

std::vector<std::string> parts_of(const std::string& scope) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin < scope.size();) {
    const std::size_t end = std::min(scope.find('/', begin), scope.size());
    parts.push_back(scope.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

}  // namespace

VcdWriter::VcdWriter(std::string path, CycleWindow window, std::uint64_t picoseconds)
    : file_(std::move(path)), window_(window), picoseconds_(picoseconds), next_(window.first) {
  require(picoseconds >= 2, "a clock period of a waveform has two halves");
  require(window.first <= window.last, "a window has a first and a last cycle");
}

VcdWriter::Variable VcdWriter::add(Entry entry) {
  require(!begun_, "variables are declared before values");
  entry.id = identifier(entries_.size());
  entry.settled = entry.value;
  entries_.push_back(std::move(entry));
  return Variable(static_cast<std::uint32_t>(entries_.size() - 1));
}

VcdWriter::Variable VcdWriter::add_bits(const std::string& scope, const std::string& name,
                                        std::uint32_t width) {
  require(width >= 1 && width <= 64, "a variable has 1 to 64 bits");
  return add({scope, one_word(name), Kind::kBits, width, "", width == 1 ? "x" : "bx ", "", false});
}

VcdWriter::Variable VcdWriter::add_real(const std::string& scope, const std::string& name) {
  return add({scope, one_word(name), Kind::kReal, 64, "", "r0 ", "", false});
}

VcdWriter::Variable VcdWriter::add_text(const std::string& scope, const std::string& name) {
  return add({scope, one_word(name), Kind::kText, 1, "", "s_ ", "", false});
}

void VcdWriter::set(std::uint64_t cycle, Variable variable, std::uint64_t bits) {
  const std::uint32_t width = entries_.at(variable.value()).width;
  const std::uint64_t kept = width == 64 ? bits : bits & ((std::uint64_t{1} << width) - 1);
  change(cycle, variable, width == 1 ? std::string(1, kept != 0 ? '1' : '0') : binary(kept));
}

void VcdWriter::set_real(std::uint64_t cycle, Variable variable, double value) {
  change(cycle, variable, fmt::format("r{:.16g} ", value));
}

void VcdWriter::set_text(std::uint64_t cycle, Variable variable, const std::string& text) {
  change(cycle, variable, "s" + one_word(text) + " ");
}

void VcdWriter::change(std::uint64_t cycle, Variable variable, std::string value) {
  require(cycle >= cycle_, "the cycles of a waveform never fall");
  if (cycle > cycle_) {
    settle();
    cycle_ = cycle;
  }
  if (cycle > window_.last) return;
  Entry& entry = entries_[variable.value()];
  entry.value = std::move(value);
  if (!entry.dirty) dirty_.push_back(variable.value());
  entry.dirty = true;
}

void VcdWriter::settle() {
  // Up to the window's first cycle only the latest values count; the dump at its beginning says
  // them.
  const bool is_shown = cycle_ > window_.first;
  if (cycle_ > window_.last) return;  // nothing is written any more
  if (is_shown) advance(cycle_);
  for (const std::size_t index : dirty_) {
    Entry& entry = entries_[index];
    entry.dirty = false;
    if (entry.value == entry.settled) continue;
    entry.settled = entry.value;
    if (!is_shown) continue;
    file_.print("{}{}\n", entry.value, entry.id);
    ++changes_;
  }
  dirty_.clear();
}

void VcdWriter::advance(std::uint64_t cycle) {
  if (!begun_) {
    print_header();
    begun_ = true;
  }
  for (; next_ <= cycle; ++next_) print_cycle(next_);
}

void VcdWriter::print_cycle(std::uint64_t cycle) {
  if (cycle != window_.first) {
    file_.print("#{}\n0{}\n", (cycle - 1) * picoseconds_ + picoseconds_ / 2, kClockId);
  }
  file_.print("#{}\n1{}\n{}{}\n", cycle * picoseconds_, kClockId, binary(cycle), kCycleId);
  if (cycle != window_.first) return;
  file_.write("$dumpvars\n");
  for (const Entry& entry : entries_) file_.print("{}{}\n", entry.settled, entry.id);
  file_.write("$end\n");
  changes_ += entries_.size();
}

void VcdWriter::print_header() {
  file_.write("$version Brownout $end\n$timescale 1 ps $end\n$scope module brownout $end\n");
  file_.print("$var wire 1 {} clk $end\n$var reg 64 {} cycle [63:0] $end\n", kClockId, kCycleId);
  print_variables(0, 0, entries_.size());
  file_.write("$upscope $end\n$enddefinitions $end\n");
}

void VcdWriter::print_variables(std::size_t depth, std::size_t first, std::size_t last) {
  for (std::size_t i = first; i < last;) {
    const Entry& entry = entries_[i];
    const std::vector<std::string> parts = parts_of(entry.scope);
    if (parts.size() > depth) {
      const auto same = [&](std::size_t index) {
        const std::vector<std::string> other = parts_of(entries_[index].scope);
        return other.size() > depth && other[depth] == parts[depth];
      };
      std::size_t end = i + 1;
      while (end < last && same(end)) ++end;
      file_.print("$scope module {} $end\n", one_word(parts[depth]));
      print_variables(depth + 1, i, end);
      file_.write("$upscope $end\n");
      i = end;
      continue;
    }
    const char* kind = entry.kind == Kind::kReal   ? "real"
                       : entry.kind == Kind::kText ? "string"
                                                   : "wire";
    const bool is_vector = entry.kind == Kind::kBits && entry.width > 1;
    file_.print("$var {} {} {} {}{} $end\n", kind, entry.width, entry.id, entry.name,
                is_vector ? fmt::format(" [{}:0]", entry.width - 1) : "");
    ++i;
  }
}

void VcdWriter::commit(std::uint64_t end) {
  const std::uint64_t last = end == 0 ? 0 : std::min(end - 1, window_.last);
  require(window_.first <= last, "the window begins before the run ends");
  window_.last = last;
  settle();
  advance(last);
  file_.print("#{}\n0{}\n#{}\n", last * picoseconds_ + picoseconds_ / 2, kClockId,
              (last + 1) * picoseconds_);
  file_.commit();
}

}  // namespace brownout::traces
