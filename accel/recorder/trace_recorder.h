// SPDX-License-Identifier: Apache-2.0
// Turns a run into traces (layer 3): an observer that puts reports in the order of their cycles and
// writes them as they come. Memory is bounded by what is under way (a fold, a transfer), not by the
// run. Files appear under their names at commit() only.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "accel/accelerator_config.h"
#include "accel/observer.h"
#include "accel/operating_point.h"
#include "accel/program.h"
#include "accel/recorder/power_meter.h"
#include "accel/recorder/timeline.h"
#include "accel/recorder/waveform.h"
#include "traces/csv_traces.h"

namespace brownout::accel {

/// Which traces to write and where; names that end in `.zst` are compressed.
struct TraceRequest {
  std::optional<std::string> vcd;
  traces::CycleWindow window;  ///< of the VCD
  Corner corner;               ///< of the VCD
  std::optional<std::string> perfetto;
  std::optional<std::string> access;  ///< a folder, created if it is not there
  bool compress_access = false;
  std::optional<std::string> power;
  std::uint64_t power_step = 100;  ///< cycles of a window of the power trace and of the counters
  std::optional<std::string> flips;
};

/// A trace that was written.
struct WrittenTrace {
  std::string path;
  std::uint64_t events = 0;
  std::string unit;  ///< of `events`
};

class TraceRecorder : public RunObserver {
 public:
  /// Creates the temporary files; everything given must outlive the recorder. Throws InputError
  /// when a file cannot be written.
  TraceRecorder(const models::Graph& graph, const Program& program, const Machine& machine,
                const OperatingPoint& point, const TraceRequest& request);

  void on_time(std::uint64_t cycle) override;
  void on_access(const Access& access) override;
  void on_activity(const ActivitySpan& span) override;
  void on_operations(const Operations& work) override;
  void on_step_begin(std::uint32_t step, std::uint64_t cycle) override;
  void on_step_end(std::uint64_t cycle) override;
  void on_ramp(std::uint32_t layer, std::uint64_t begin, std::uint64_t end) override;
  void on_fold_begin(std::uint32_t layer, std::uint32_t fold, std::uint64_t cycle) override;
  void on_fold_end(std::uint64_t cycle) override;
  void on_transfer_begin(std::uint64_t cycle) override;
  void on_transfer_end(const Transfer& transfer) override;
  void on_dram(const DramTransaction& transaction) override;
  void on_voltage(const std::string& rail, VminRatio voltage, std::uint64_t cycle) override;
  [[nodiscard]] bool watches_array(std::uint64_t begin, std::uint64_t end) const override;
  void on_array(std::uint64_t cycle, const ArrayRegisters& registers) override;

  /// Writes the rest and gives every file its name. Throws SimulationError if what was reported
  /// does not add up to `total`, the run's own statistics.
  [[nodiscard]] std::vector<WrittenTrace> commit(const LayerStatistics& total);

  /// Sums of everything reported.
  [[nodiscard]] const LayerStatistics& seen() const { return seen_; }

 private:
  struct FoldStart {
    std::uint32_t fold = 0;
  };
  struct RailVoltage {
    std::string rail;
    VminRatio voltage;
  };
  struct Event {
    std::uint64_t cycle = 0;
    std::variant<Access, ActivitySpan, FoldStart, RailVoltage, ArrayState> what;
  };
  struct AccessFiles {
    std::array<std::unique_ptr<traces::AccessTrace>, 6> sram;  // by group, reads before writes
    memory::PerGroup<std::unique_ptr<traces::BurstTrace>> dram;
  };

  void open_access_files(const std::string& folder, bool compressed);
  void settle();
  void write_pending(std::uint64_t cycle);
  void write(const Event& event);
  void write(const Access& access);
  void write_flips(const Access& access);
  void write_bursts(const DramTransaction& transaction);
  void write_power(const std::vector<PowerWindow>& windows);
  [[nodiscard]] bool wants_accesses(std::uint64_t cycle) const;

  const Machine& machine_;
  Hertz clock_;
  memory::PerGroup<memory::SramGeometry> geometry_;
  std::vector<std::string> layer_names_;
  std::optional<Waveform> waveform_;
  std::optional<Timeline> timeline_;
  std::optional<PowerMeter> meter_;
  std::optional<traces::PowerTrace> power_;
  std::optional<traces::FlipTrace> flips_;
  std::optional<AccessFiles> access_;
  Corner corner_;
  LayerStatistics seen_;

  std::vector<Event> pending_;
  std::size_t settle_at_;         // size of pending_ that is worth a sort
  std::uint64_t time_ = 0;        // of on_time()
  std::uint64_t transfer_;        // begin of the one under way
  std::uint64_t fold_;            // begin of the one in the array
  std::uint64_t dram_until_ = 0;  // the bus is busy until
};

}  // namespace brownout::accel
