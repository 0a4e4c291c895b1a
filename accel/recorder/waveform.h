// SPDX-License-Identifier: Apache-2.0
// A run as signals of a waveform viewer (layer 3): layer, fold and activity, the ports of the
// buffers, the rails, and the registers of the first processing elements.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "accel/observer.h"
#include "traces/vcd_writer.h"

namespace brownout::accel {

/// Rows and columns of the array's corner that is shown, and as many ports of every buffer as the
/// longer side.
struct Corner {
  std::uint32_t rows = 4;
  std::uint32_t cols = 4;
};

struct WaveformConfig {
  std::string path;
  traces::CycleWindow window;
  std::uint64_t picoseconds = 1000;  ///< a cycle
  Corner corner;                     ///< lies in the array
};

/// Registers of the corner's elements during a cycle, row by row.
struct ArrayState {
  struct Element {
    std::int32_t ifmap = 0;
    std::int32_t filter = 0;
    std::int32_t sum = 0;
  };
  std::vector<Element> elements;
};
[[nodiscard]] ArrayState state_of(const ArrayRegisters& registers, Corner corner);

/// Reports must come in the order of their cycles.
class Waveform {
 public:
  /// `layer_names` must outlive the waveform; `rails` are all there are.
  Waveform(const WaveformConfig& config, const std::vector<std::string>& layer_names,
           const std::vector<std::string>& rails);

  void set_voltage(const std::string& rail, VminRatio voltage, std::uint64_t cycle);
  void set_activity(const ActivitySpan& span);
  void set_fold(std::uint32_t fold, std::uint64_t cycle);
  void set_registers(const ArrayState& state, std::uint64_t cycle);
  /// A port is valid for the cycle of its access; reads also show which bits are wrong.
  void add(const Access& access);

  /// `end` is the number of cycles of the run.
  void commit(std::uint64_t end);

  [[nodiscard]] const traces::VcdWriter& writer() const { return writer_; }

 private:
  using Variable = traces::VcdWriter::Variable;
  struct Element {
    Variable ifmap, filter, sum;
  };
  struct Port {
    Variable valid, address, data, wrong;
    std::uint64_t idle_from = 0;  // while it is valid: the cycle after its access
  };

  void add_ports(memory::GroupId group, AccessKind kind, std::uint32_t count);
  [[nodiscard]] std::vector<Port>& ports_of(memory::GroupId group, AccessKind kind);
  void release_ports(std::uint64_t cycle);

  traces::VcdWriter writer_;
  const std::vector<std::string>& layer_names_;
  Variable layer_, layer_name_, fold_, activity_, activity_name_;
  std::map<std::string, Variable> rails_;
  std::vector<Element> elements_;
  std::array<std::vector<Port>, 6> ports_;
  std::vector<Port*> valid_ports_;
};

}  // namespace brownout::accel
