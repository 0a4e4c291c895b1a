// SPDX-License-Identifier: Apache-2.0
#include "accel/recorder/waveform.h"

#include <fmt/format.h>

#include <algorithm>

namespace brownout::accel {
namespace {

constexpr std::array<AccessKind, 2> kKinds = {AccessKind::kRead, AccessKind::kWrite};

/// Two's complement of a register of at most 32 bits; the writer cuts it to the register's width.
std::uint64_t bits(std::int32_t value) { return static_cast<std::uint32_t>(value); }

}  // namespace

ArrayState state_of(const ArrayRegisters& registers, Corner corner) {
  ArrayState state;
  state.elements.reserve(static_cast<std::size_t>(corner.rows) * corner.cols);
  for (std::uint32_t row = 0; row < corner.rows; ++row) {
    for (std::uint32_t column = 0; column < corner.cols; ++column) {
      state.elements.push_back({registers.ifmap(row, column), registers.filter(row, column),
                                registers.sum(row, column)});
    }
  }
  return state;
}

Waveform::Waveform(const WaveformConfig& config, const std::vector<std::string>& layer_names,
                   const std::vector<std::string>& rails)
    : writer_(config.path, config.window, config.picoseconds),
      layer_names_(layer_names),
      layer_(writer_.add_bits("", "layer", 32)),
      layer_name_(writer_.add_text("", "layer_name")),
      fold_(writer_.add_bits("", "fold", 32)),
      activity_(writer_.add_bits("", "activity", 4)),
      activity_name_(writer_.add_text("", "activity_name")) {
  for (const std::string& rail : rails) rails_[rail] = writer_.add_real("rails", rail);
  const std::uint32_t ports = std::max(config.corner.rows, config.corner.cols);
  for (const memory::GroupId group : memory::kGroups) {
    for (const AccessKind kind : kKinds) add_ports(group, kind, ports);
  }
  for (std::uint32_t row = 0; row < config.corner.rows; ++row) {
    for (std::uint32_t column = 0; column < config.corner.cols; ++column) {
      const std::string scope = fmt::format("array/pe_{}_{}", row, column);
      elements_.push_back({writer_.add_bits(scope, "ifmap", 9),
                           writer_.add_bits(scope, "filter", 8),
                           writer_.add_bits(scope, "sum", 32)});
    }
  }
}

std::vector<Waveform::Port>& Waveform::ports_of(memory::GroupId group, AccessKind kind) {
  return ports_.at(2 * static_cast<std::size_t>(group) + static_cast<std::size_t>(kind));
}

void Waveform::add_ports(memory::GroupId group, AccessKind kind, std::uint32_t count) {
  constexpr std::uint32_t kWord = 64;
  for (std::uint32_t port = 0; port < count; ++port) {
    const std::string scope = fmt::format("{}/{}_{}", memory::group_name(group),
                                          kind == AccessKind::kRead ? "read" : "write", port);
    Port signals;
    signals.valid = writer_.add_bits(scope, "valid", 1);
    signals.address = writer_.add_bits(scope, "address", 32);
    signals.data = writer_.add_bits(scope, "data", kWord);
    if (kind == AccessKind::kRead) signals.wrong = writer_.add_bits(scope, "wrong_bits", kWord);
    writer_.set(0, signals.valid, 0);
    ports_of(group, kind).push_back(signals);
  }
}

void Waveform::set_voltage(const std::string& rail, VminRatio voltage, std::uint64_t cycle) {
  release_ports(cycle);
  const auto found = rails_.find(rail);
  if (found != rails_.end()) writer_.set_real(cycle, found->second, voltage.count());
}

void Waveform::set_activity(const ActivitySpan& span) {
  release_ports(span.begin);
  writer_.set(span.begin, layer_, span.layer);
  writer_.set_text(span.begin, layer_name_, layer_names_[span.layer]);
  writer_.set(span.begin, activity_, static_cast<std::uint64_t>(span.activity));
  writer_.set_text(span.begin, activity_name_, activity_name(span.activity));
}

void Waveform::set_fold(std::uint32_t fold, std::uint64_t cycle) {
  release_ports(cycle);
  writer_.set(cycle, fold_, fold);
}

void Waveform::set_registers(const ArrayState& state, std::uint64_t cycle) {
  release_ports(cycle);
  for (std::size_t i = 0; i < elements_.size(); ++i) {
    writer_.set(cycle, elements_[i].ifmap, bits(state.elements[i].ifmap));
    writer_.set(cycle, elements_[i].filter, bits(state.elements[i].filter));
    writer_.set(cycle, elements_[i].sum, bits(state.elements[i].sum));
  }
}

void Waveform::add(const Access& access) {
  release_ports(access.cycle);
  std::vector<Port>& ports = ports_of(access.group, access.kind);
  if (access.port >= ports.size()) return;
  Port& port = ports[access.port];
  if (port.idle_from == 0) valid_ports_.push_back(&port);
  port.idle_from = access.cycle + 1;
  writer_.set(access.cycle, port.valid, 1);
  writer_.set(access.cycle, port.address, access.word.value());
  writer_.set(access.cycle, port.data, access.value);
  if (access.kind == AccessKind::kRead) {
    writer_.set(access.cycle, port.wrong, access.written ^ access.value);
  }
}

/// All valid ports were valid in the same cycle: any later report comes here first.
void Waveform::release_ports(std::uint64_t cycle) {
  if (valid_ports_.empty() || valid_ports_.front()->idle_from > cycle) return;
  for (Port* port : valid_ports_) {
    writer_.set(port->idle_from, port->valid, 0);
    port->idle_from = 0;
  }
  valid_ports_.clear();
}

void Waveform::commit(std::uint64_t end) {
  release_ports(end);
  writer_.commit(end);
}

}  // namespace brownout::accel
