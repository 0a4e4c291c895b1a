// SPDX-License-Identifier: Apache-2.0
// Value change dump (layer 1), IEEE 1364-2005 clause 18, with GTKWave's string variables. SystemC's
// own trace file knows no window, compression or rename at the end, and samples signals; here the
// caller states each value with its cycle.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/core/index.h"
#include "traces/cycle_window.h"
#include "traces/trace_file.h"

namespace brownout::traces {

/// Declare variables, then set them at cycles that never fall; of several values in one cycle the
/// last one counts. What happens before the window is remembered, so that every value is right from
/// its first cycle on; what happens after is ignored. `clk` and `cycle` of the outermost scope are
/// the writer's own.
class VcdWriter {
 public:
  using Variable = Index<struct VcdVariableTag>;

  /// Cycle c is at time c x `picoseconds`, at least 2.
  VcdWriter(std::string path, CycleWindow window, std::uint64_t picoseconds);

  /// `scope` is a path such as `array/pe_0_1`, whose variables are best added in a row; `width`
  /// bits, 1 to 64.
  Variable add_bits(const std::string& scope, const std::string& name, std::uint32_t width);
  Variable add_real(const std::string& scope, const std::string& name);
  Variable add_text(const std::string& scope, const std::string& name);

  /// Sets a variable from `cycle` on; until it is set for the first time it is unknown.
  void set(std::uint64_t cycle, Variable variable, std::uint64_t bits);
  void set_real(std::uint64_t cycle, Variable variable, double value);
  void set_text(std::uint64_t cycle, Variable variable, const std::string& text);

  /// Ends the dump after the window, or after cycle `end - 1` if the run is over before; what was
  /// set at `end` does not show.
  void commit(std::uint64_t end);

  [[nodiscard]] const CycleWindow& window() const { return window_; }
  [[nodiscard]] std::uint64_t changes() const { return changes_; }
  [[nodiscard]] const TraceFile& file() const { return file_; }

 private:
  enum class Kind { kBits, kReal, kText };
  struct Entry {
    std::string scope;
    std::string name;
    Kind kind = Kind::kBits;
    std::uint32_t width = 1;
    std::string id;
    std::string value;    // as written before the id: `1`, `b101 `, `r0.8 `, `stext `
    std::string settled;  // the value before the present cycle
    bool dirty = false;   // listed in dirty_
  };

  Variable add(Entry entry);
  void change(std::uint64_t cycle, Variable variable, std::string value);
  void settle();
  void advance(std::uint64_t cycle);
  void print_header();
  void print_variables(std::size_t depth, std::size_t first, std::size_t last);
  void print_cycle(std::uint64_t cycle);

  TraceFile file_;
  CycleWindow window_;
  std::uint64_t picoseconds_;
  std::vector<Entry> entries_;
  bool begun_ = false;       // the header is written
  std::uint64_t next_ = 0;   // first cycle whose clock edge is not written
  std::uint64_t cycle_ = 0;  // of the latest set(), whose changes are not written yet
  std::vector<std::size_t> dirty_;
  std::uint64_t changes_ = 0;
};

}  // namespace brownout::traces
