// SPDX-License-Identifier: Apache-2.0
// SystemC shells of an operand buffer and of its supply rail (layer 3).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <systemc>

#include "accel/fault_rates.h"
#include "accel/observer.h"
#include "memory/sram_group.h"
#include "memory/voltage_rail.h"

namespace brownout::accel {

/// What array, vector unit and DMA see of a buffer.
class SramInterface : public sc_core::sc_interface {
 public:
  /// The word that holds fetch position `position`.
  [[nodiscard]] virtual std::uint64_t read(std::uint64_t position) = 0;
  virtual void write(std::uint64_t position, std::uint64_t value) = 0;
  /// Bytes [position, position + count) as the cells give them, without counting.
  virtual void read_bytes(std::uint64_t position, std::uint64_t count,
                          std::uint8_t* bytes) const = 0;
  /// Reads from now on are for `layer`, where which layer it is decides what failing cells do.
  virtual void select_layer(std::uint32_t layer) = 0;
  /// An access to `position` as observers want it: buffer, cells, and what was last
  /// written there.
  [[nodiscard]] virtual Access describe(std::uint64_t position) const = 0;
  /// Accesses carried out together, or without data.
  virtual void count(const memory::AccessCounts& accesses) = 0;
  [[nodiscard]] virtual const memory::AccessCounts& counts() const = 0;
  [[nodiscard]] virtual const memory::SramGeometry& geometry() const = 0;
};

/// Told when the rail it hangs on changes.
class RailLoadInterface : public sc_core::sc_interface {
 public:
  virtual void supply_changed(const std::string& rail, VminRatio voltage) = 0;
};

/// The rails of a buffer and the shares of its cells that fail at their voltages.
struct BufferRails {
  std::string own;
  std::string safe;  ///< of its safe bits, or the same
  std::function<memory::BufferRates(const BufferSupply&)> rates_at;
};

class SramGroupModule : public sc_core::sc_module, public SramInterface, public RailLoadInterface {
 public:
  SramGroupModule(sc_core::sc_module_name name, memory::SramGroup group, BufferRails rails)
      : sc_module(name), group_(std::move(group)), rails_(std::move(rails)) {}

  std::uint64_t read(std::uint64_t position) override { return group_.read(position); }
  void write(std::uint64_t position, std::uint64_t value) override {
    group_.write(position, value);
  }
  void read_bytes(std::uint64_t position, std::uint64_t count, std::uint8_t* bytes) const override {
    group_.read_bytes(position, count, bytes);
  }
  void select_layer(std::uint32_t layer) override { group_.select_layer(layer); }
  Access describe(std::uint64_t position) const override {
    Access access;
    access.group = group_.id();
    access.position = position;
    access.word = group_.geometry().word_of_position(position);
    access.written = group_.written(position);
    access.value = access.written;
    access.outcomes = group_.outcomes(position);
    return access;
  }
  void count(const memory::AccessCounts& accesses) override { group_.count(accesses); }
  const memory::AccessCounts& counts() const override { return group_.counts(); }
  const memory::SramGeometry& geometry() const override { return group_.geometry(); }
  void supply_changed(const std::string& rail, VminRatio voltage) override {
    if (rail == rails_.own) own_ = voltage;
    if (rail == rails_.safe) safe_ = voltage;
    if (own_ && safe_) group_.set_rates(rails_.rates_at({*own_, *safe_}));
  }

 private:
  memory::SramGroup group_;
  BufferRails rails_;
  std::optional<VminRatio> own_;  ///< none before the simulation starts
  std::optional<VminRatio> safe_;
};

/// A rail and the blocks that hang on it.
class VoltageRailModule : public sc_core::sc_module {
 public:
  VoltageRailModule(sc_core::sc_module_name name, memory::VoltageRail rail)
      : sc_module(name), rail_(std::move(rail)) {}

  sc_core::sc_port<RailLoadInterface, 0, sc_core::SC_ZERO_OR_MORE_BOUND> loads{"loads"};

  [[nodiscard]] const memory::VoltageRail& rail() const { return rail_; }

  void set_voltage(VminRatio voltage) {
    rail_.set_voltage(voltage);
    for (int i = 0; i < loads.size(); ++i) loads[i]->supply_changed(rail_.name(), voltage);
  }

 private:
  void start_of_simulation() override { set_voltage(rail_.voltage()); }

  memory::VoltageRail rail_;
};

/// Adds what is counted on a buffer during its lifetime to `total`; nothing may wait meanwhile.
class AccessMeter {
 public:
  AccessMeter(const SramInterface& buffer, memory::AccessCounts& total)
      : buffer_(buffer), total_(total), before_(buffer.counts()) {}
  ~AccessMeter() { total_ += buffer_.counts() - before_; }
  AccessMeter(const AccessMeter&) = delete;
  AccessMeter& operator=(const AccessMeter&) = delete;

 private:
  const SramInterface& buffer_;
  memory::AccessCounts& total_;
  memory::AccessCounts before_;
};

}  // namespace brownout::accel
