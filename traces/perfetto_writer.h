// SPDX-License-Identifier: Apache-2.0
// Chrome's trace event JSON (layer 1), which ui.perfetto.dev and chrome://tracing open: slices on
// named tracks, and counters. Format: "Trace Event Format", Google, events M, X, B, E and C.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sim/core/index.h"
#include "traces/trace_file.h"

namespace brownout::traces {

/// Time stamps are microseconds with six decimals, so picoseconds; every slice also carries its
/// first cycle and its length in cycles, which are exact.
class PerfettoWriter {
 public:
  using Track = Index<struct PerfettoTrackTag>;
  /// Name and value of a slice's further properties; a value is text.
  using Arguments = std::vector<std::pair<std::string, std::string>>;

  /// Cycle c is at time c x `picoseconds`.
  PerfettoWriter(std::string path, std::uint64_t picoseconds);

  /// A row of the viewer; rows stand in the order they are added.
  Track add_track(const std::string& name);
  /// Cycles [begin, end) of `track`; slices of a track must nest or follow each other, and an outer
  /// one must be written before what it contains: by open(), since its end is not known yet.
  void slice(Track track, const std::string& name, std::uint64_t begin, std::uint64_t end,
             const Arguments& arguments = {});
  void open(Track track, const std::string& name, std::uint64_t begin,
            const Arguments& arguments = {});
  /// Ends the innermost slice that is open on `track`.
  void close(Track track, std::uint64_t end);
  /// `name` has `value` from `cycle` on.
  void counter(const std::string& name, std::uint64_t cycle, double value);

  void commit();

  [[nodiscard]] std::uint64_t events() const { return events_; }
  [[nodiscard]] const TraceFile& file() const { return file_; }

 private:
  void separate();
  void print(const Arguments& arguments);
  [[nodiscard]] std::string time(std::uint64_t cycle) const;

  TraceFile file_;
  std::uint64_t picoseconds_;
  std::uint32_t tracks_ = 0;
  std::uint64_t events_ = 0;
};

}  // namespace brownout::traces
