// SPDX-License-Identifier: Apache-2.0
#include "accel/energy_model.h"

#include <gtest/gtest.h>

#include "tests/accel/machine_fixture.h"

namespace brownout::accel {
namespace {

LayerStatistics example() {
  LayerStatistics layer;
  layer.at(Activity::kCompute) = 600;
  layer.at(Activity::kStallFilter) = 400;
  layer.accesses[memory::GroupId::kIfmap] = {100, 10};
  layer.accesses[memory::GroupId::kFilter] = {200, 20};
  layer.accesses[memory::GroupId::kOfmap] = {300, 30};
  layer.macs = 1000;
  layer.vector_ops = 50;
  layer.dram_read_bytes = 7;
  layer.dram_write_bytes = 3;
  layer.dram_events = {5, 2};
  return layer;
}

TEST(EnergyModel, IsCountsTimesTheTableAtNominalVoltage) {
  const Machine machine = small_machine(8, 8, 2);
  const EnergyBreakdown energy = energy_of(example(), machine, rails(1, 1, 1));
  EXPECT_DOUBLE_EQ(energy.ifmap_sram.count(), 100 * 10 + 10 * 12);
  EXPECT_DOUBLE_EQ(energy.filter_sram.count(), 200 * 10 + 20 * 12);
  EXPECT_DOUBLE_EQ(energy.ofmap_sram.count(), 300 * 10 + 30 * 12);
  EXPECT_DOUBLE_EQ(energy.array.count(), 1000 * 0.3);
  EXPECT_DOUBLE_EQ(energy.vector.count(), 50 * 0.2);
  EXPECT_DOUBLE_EQ(energy.dram.count(), 10 * 30 + 2 * 500);
  // 1,000 cycles at 1 GHz are 1 us; six macros of 0.5 mW: 3 mW x 1 us = 3,000 pJ.
  EXPECT_DOUBLE_EQ(energy.leakage.count(), 3000);
}

TEST(EnergyModel, OnlyTheLoweredRailGetsCheaper) {
  const Machine machine = small_machine(8, 8, 2);
  const EnergyBreakdown nominal = energy_of(example(), machine, rails(1, 1, 1));
  const EnergyBreakdown low = energy_of(example(), machine, rails(1, 0.8, 1));
  EXPECT_NEAR(low.filter_sram.count(), nominal.filter_sram.count() * 0.64, 1e-9);
  EXPECT_DOUBLE_EQ(low.ifmap_sram.count(), nominal.ifmap_sram.count());
  EXPECT_DOUBLE_EQ(low.array.count(), nominal.array.count());
  EXPECT_NEAR(low.leakage.count(), 3000 - 1000 * 0.2, 1e-9);  // two of six macros at 0.8 Vmin
}

TEST(EnergyModel, AnErrorCodeCostsItsBitsInAccessesAndLeakageAndItsGates) {
  Machine machine = small_machine(8, 8, 2);
  const EnergyBreakdown plain = energy_of(example(), machine, rails(1, 0.8, 1));
  memory::EccConfig& ecc = machine.accelerator.buffers[memory::GroupId::kFilter].ecc;
  ecc.choice = {memory::Code::kSecded64, memory::OnError::kKeep};
  ecc.energy_per_gate = Picojoules(0.002);
  const EnergyBreakdown coded = energy_of(example(), machine, rails(1, 0.8, 1));
  EXPECT_DOUBLE_EQ(coded.filter_sram.count(), plain.filter_sram.count() * 1.125);
  EXPECT_DOUBLE_EQ(coded.ifmap_sram.count(), plain.ifmap_sram.count());
  // 1 mW of the filter's two macros, of which an eighth more, at 0.8 Vmin, over 1 us.
  EXPECT_NEAR(coded.leakage.count() - plain.leakage.count(), 1000 * 0.8 / 8, 1e-9);
  // 20 writes of 200 gates, 200 reads of 720, at the array's voltage.
  EXPECT_NEAR(coded.ecc.count(), (20 * 200 + 200 * 720) * 0.002, 1e-9);
  EXPECT_NEAR(coded.total().count() - plain.total().count(),
              plain.filter_sram.count() / 8 + 100 + 296, 1e-9);
  ecc.energy_encode = Picojoules(3);
  ecc.energy_decode = Picojoules(5);
  EXPECT_NEAR(energy_of(example(), machine, rails(1, 0.8, 1)).ecc.count(), 20 * 3 + 200 * 5, 1e-9);
}

TEST(EnergyModel, PartsAddUpToTheTotal) {
  const Machine machine = small_machine(8, 8, 2);
  const EnergyBreakdown e = energy_of(example(), machine, rails(0.9, 0.8, 1));
  EXPECT_DOUBLE_EQ(e.total().count(), e.ifmap_sram.count() + e.filter_sram.count() +
                                          e.ofmap_sram.count() + e.ecc.count() + e.array.count() +
                                          e.vector.count() + e.dram.count() + e.leakage.count());
}

TEST(EnergyModel, LayersAddUpToTheNetwork) {
  const Machine machine = small_machine(8, 8, 2);
  const LayerStatistics one = example();
  LayerStatistics both = one;
  both += one;
  EXPECT_NEAR(energy_of(both, machine, rails(1, 0.85, 1)).total().count(),
              2 * energy_of(one, machine, rails(1, 0.85, 1)).total().count(), 1e-6);
}

}  // namespace
}  // namespace brownout::accel
