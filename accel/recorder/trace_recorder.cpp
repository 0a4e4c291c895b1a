// SPDX-License-Identifier: Apache-2.0
#include "accel/recorder/trace_recorder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include "accel/operating_timing.h"
#include "sim/core/error.h"

namespace brownout::accel {
namespace {

using memory::GroupId;

/// Events that are worth a sort.
constexpr std::size_t kLeastSorted = 1U << 16;

/// Begin of what is not under way.
constexpr std::uint64_t kNothing = ~std::uint64_t{0};

/// As accel's ClockPeriod rounds it: what the cycle engine calls a cycle.
std::uint64_t period_of(Hertz clock) {
  return static_cast<std::uint64_t>(std::llround(1e12 / clock.count()));
}

std::vector<std::string> names_of(const models::Graph& graph) {
  std::vector<std::string> names;
  for (const models::Node& node : graph.nodes) names.push_back(node.name);
  return names;
}

std::vector<std::string> rails_of(const AcceleratorConfig& accelerator) {
  const std::set<std::string> rails = accelerator.rails();
  return {rails.begin(), rails.end()};
}

std::vector<std::string> component_names() {
  std::vector<std::string> names;
  for (const auto& [name, energy] : walk(EnergyBreakdown())) names.push_back(name);
  return names;
}

std::size_t file_index(GroupId group, AccessKind kind) {
  return 2 * static_cast<std::size_t>(group) + static_cast<std::size_t>(kind);
}

void check_sums(const LayerStatistics& seen, const LayerStatistics& total) {
  const auto expected = walk(total);
  const auto found = walk(seen);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (found[i].second == expected[i].second) continue;
    throw SimulationError(fmt::format("{}: the trace has {}, the run counted {}",
                                      expected[i].first.name, found[i].second, expected[i].second));
  }
}

void create_folder(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (!std::filesystem::is_directory(folder)) {
    throw InputError(fmt::format("{}: cannot create folder: {}", folder,
                                 error ? error.message() : "a file has this name"));
  }
}

}  // namespace

TraceRecorder::TraceRecorder(const models::Graph& graph, const Program& program,
                             const Machine& machine, const OperatingPoint& point,
                             const TraceRequest& request)
    : machine_(machine),
      clock_(run_clock(machine, point)),
      geometry_(machine.geometry()),
      layer_names_(names_of(graph)),
      corner_(request.corner),
      settle_at_(kLeastSorted),
      transfer_(kNothing),
      fold_(kNothing) {
  const std::uint64_t period = period_of(clock_);
  if (request.vcd) {
    waveform_.emplace(WaveformConfig{*request.vcd, request.window, period, request.corner},
                      layer_names_, rails_of(machine.accelerator));
  }
  if (request.perfetto) timeline_.emplace(*request.perfetto, layer_names_, program, period);
  if (request.perfetto || request.power) meter_.emplace(machine, point, request.power_step);
  if (request.power) power_.emplace(*request.power, component_names());
  if (request.flips) flips_.emplace(*request.flips);
  if (request.access) open_access_files(*request.access, request.compress_access);
}

void TraceRecorder::open_access_files(const std::string& folder, bool compressed) {
  create_folder(folder);
  const auto path = [&](GroupId group, const char* what) {
    const std::string name =
        fmt::format("{}_{}.csv{}", memory::group_name(group), what, compressed ? ".zst" : "");
    return (std::filesystem::path(folder) / name).string();
  };
  access_.emplace();
  for (const GroupId group : memory::kGroups) {
    access_->sram.at(file_index(group, AccessKind::kRead)) =
        std::make_unique<traces::AccessTrace>(path(group, "sram_read"));
    access_->sram.at(file_index(group, AccessKind::kWrite)) =
        std::make_unique<traces::AccessTrace>(path(group, "sram_write"));
    access_->dram[group] = std::make_unique<traces::BurstTrace>(
        path(group, group == GroupId::kOfmap ? "dram_write" : "dram_read"));
  }
}

bool TraceRecorder::wants_accesses(std::uint64_t cycle) const {
  return access_ || flips_ || (waveform_ && waveform_->writer().window().contains(cycle));
}

void TraceRecorder::on_time(std::uint64_t cycle) {
  time_ = cycle;
  settle();
}

void TraceRecorder::on_access(const Access& access) {
  memory::AccessCounts& counts = seen_.accesses[access.group];
  ++(access.kind == AccessKind::kRead ? counts.reads : counts.writes);
  if (meter_) meter_->add(access);
  if (wants_accesses(access.cycle)) pending_.push_back({access.cycle, access});
}

void TraceRecorder::on_activity(const ActivitySpan& span) {
  seen_.at(span.activity) += span.end - span.begin;
  if (meter_) meter_->add(span);
  if (timeline_) timeline_->add(span);
  if (waveform_) pending_.push_back({span.begin, span});
}

void TraceRecorder::on_operations(const Operations& work) {
  seen_.macs += work.macs;
  seen_.vector_ops += work.vector_ops;
  if (meter_) meter_->add(work);
}

void TraceRecorder::on_step_begin(std::uint32_t step, std::uint64_t cycle) {
  if (timeline_) timeline_->begin_step(step, cycle);
}

void TraceRecorder::on_step_end(std::uint64_t cycle) {
  if (timeline_) timeline_->end_step(cycle);
}

void TraceRecorder::on_ramp(std::uint32_t layer, std::uint64_t begin, std::uint64_t end) {
  if (meter_) meter_->add_ramp(layer, begin, end);
}

void TraceRecorder::on_fold_begin(std::uint32_t layer, std::uint32_t fold, std::uint64_t cycle) {
  fold_ = cycle;
  if (timeline_) timeline_->begin_fold(layer, fold, cycle);
  if (waveform_) pending_.push_back({cycle, FoldStart{fold}});
}

void TraceRecorder::on_fold_end(std::uint64_t cycle) {
  fold_ = kNothing;
  if (timeline_) timeline_->end_fold(cycle);
}

void TraceRecorder::on_transfer_begin(std::uint64_t cycle) { transfer_ = cycle; }

void TraceRecorder::on_transfer_end(const Transfer& transfer) {
  if (timeline_) timeline_->add(transfer);
  transfer_ = kNothing;
}

void TraceRecorder::on_dram(const DramTransaction& transaction) {
  (transaction.is_read ? seen_.dram_read_bytes : seen_.dram_write_bytes) += transaction.bytes;
  seen_.dram_events += transaction.events;
  if (timeline_) timeline_->add(transaction);
  // The data are the last thing of a transaction, at the bus's pace, after those before it.
  DramTransaction data = transaction;
  const memory::DramConfig& dram = machine_.accelerator.dram;
  const double pace = dram.bandwidth() / clock_.count();
  const auto cycles =
      static_cast<std::uint64_t>(std::ceil(static_cast<double>(transaction.bytes) / pace));
  data.end = std::max(transaction.end, dram_until_);
  const std::uint64_t earliest = std::max(transaction.begin, dram_until_);
  data.begin = data.end > earliest + cycles ? data.end - cycles : earliest;
  dram_until_ = data.end;
  if (meter_) meter_->add(data);
  if (access_) write_bursts(data);
}

void TraceRecorder::on_voltage(const std::string& rail, VminRatio voltage, std::uint64_t cycle) {
  if (timeline_) timeline_->set_voltage(rail, voltage, cycle);
  if (waveform_) pending_.push_back({cycle, RailVoltage{rail, voltage}});
}

bool TraceRecorder::watches_array(std::uint64_t begin, std::uint64_t end) const {
  return waveform_ && waveform_->writer().window().overlaps(begin, end);
}

void TraceRecorder::on_array(std::uint64_t cycle, const ArrayRegisters& registers) {
  if (watches_array(cycle, cycle + 1)) pending_.push_back({cycle, state_of(registers, corner_)});
}

void TraceRecorder::settle() {
  const std::uint64_t cycle = std::min({time_, transfer_, fold_});
  if (meter_) write_power(meter_->take(cycle));
  if (pending_.size() >= settle_at_) write_pending(cycle);
}

/// Writes the events before `cycle`.
void TraceRecorder::write_pending(std::uint64_t cycle) {
  std::stable_sort(pending_.begin(), pending_.end(),
                   [](const Event& a, const Event& b) { return a.cycle < b.cycle; });
  const auto end =
      std::partition_point(pending_.begin(), pending_.end(),
                           [cycle](const Event& event) { return event.cycle < cycle; });
  for (auto event = pending_.begin(); event != end; ++event) write(*event);
  pending_.erase(pending_.begin(), end);
  settle_at_ = std::max(kLeastSorted, 2 * pending_.size());
}

void TraceRecorder::write(const Event& event) {
  if (const auto* access = std::get_if<Access>(&event.what)) return write(*access);
  if (!waveform_) return;
  if (const auto* span = std::get_if<ActivitySpan>(&event.what)) waveform_->set_activity(*span);
  if (const auto* fold = std::get_if<FoldStart>(&event.what)) {
    waveform_->set_fold(fold->fold, event.cycle);
  }
  if (const auto* change = std::get_if<RailVoltage>(&event.what)) {
    waveform_->set_voltage(change->rail, change->voltage, event.cycle);
  }
  if (const auto* state = std::get_if<ArrayState>(&event.what)) {
    waveform_->set_registers(*state, event.cycle);
  }
}

void TraceRecorder::write(const Access& access) {
  if (waveform_) waveform_->add(access);
  if (access_) {
    access_->sram.at(file_index(access.group, access.kind))->add(access.cycle, access.word.value());
  }
  if (flips_ && access.kind == AccessKind::kRead && access.written != access.value) {
    write_flips(access);
  }
}

void TraceRecorder::write_flips(const Access& access) {
  const memory::WordLocation location = geometry_[access.group].locate(access.word);
  traces::Flip flip;
  flip.cycle = access.cycle;
  flip.layer = layer_names_[access.layer];
  flip.operand = memory::group_name(access.group);
  flip.word = access.word.value();
  flip.macro = location.macro.value();
  flip.written = access.written;
  flip.read = access.value;
  const std::uint32_t interleave = machine_.accelerator.buffers[access.group].interleave;
  std::uint64_t wrong = access.written ^ access.value;
  for (flip.bit = 0; wrong != 0; ++flip.bit, wrong >>= 1) {
    if ((wrong & 1U) == 0) continue;
    flip.row = memory::interleaved_row(location.row, BitId(flip.bit), interleave).value();
    flips_->add(flip);
  }
}

void TraceRecorder::write_bursts(const DramTransaction& transaction) {
  const std::uint64_t burst = machine_.accelerator.dram.burst_bytes.count();
  const std::uint64_t cycles = transaction.end - transaction.begin;
  const std::uint64_t end = transaction.address + transaction.bytes;
  for (std::uint64_t address = transaction.address; address < end;) {
    const std::uint64_t next = std::min(end, (address / burst + 1) * burst);
    const std::uint64_t moved = address - transaction.address;
    access_->dram[transaction.group]->add(transaction.begin + cycles * moved / transaction.bytes,
                                          address, next - address);
    address = next;
  }
}

void TraceRecorder::write_power(const std::vector<PowerWindow>& windows) {
  for (const PowerWindow& window : windows) {
    if (timeline_) timeline_->add(window, *meter_);
    if (!power_) continue;
    std::vector<double> energies;
    for (const auto& [name, energy] : walk(window.energy)) energies.push_back(energy.count());
    power_->add(window.begin, window.end - window.begin, energies,
                meter_->milliwatts(window, window.energy.total()));
  }
}

std::vector<WrittenTrace> TraceRecorder::commit(const LayerStatistics& total) {
  check_sums(seen_, total);
  const std::uint64_t cycles = total.total_cycles().count();
  if (meter_) write_power(meter_->finish(cycles));
  write_pending(~std::uint64_t{0});
  std::vector<WrittenTrace> written;
  const auto end = [&](auto& sink, std::uint64_t events, const char* unit) {
    sink.commit();
    written.push_back({sink.file().path(), events, unit});
  };
  if (waveform_) {
    waveform_->commit(cycles);
    written.push_back(
        {waveform_->writer().file().path(), waveform_->writer().changes(), "value changes"});
  }
  if (timeline_) {
    timeline_->commit(cycles);
    written.push_back({timeline_->writer().file().path(), timeline_->writer().events(), "events"});
  }
  if (access_) {
    for (const auto& file : access_->sram) end(*file, file->accesses(), "accesses");
    for (const GroupId group : memory::kGroups) {
      end(*access_->dram[group], access_->dram[group]->bytes(), "bytes");
    }
  }
  if (power_) end(*power_, power_->rows(), "windows");
  if (flips_) end(*flips_, flips_->flips(), "wrong bits");
  return written;
}

}  // namespace brownout::accel
