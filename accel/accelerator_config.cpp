// SPDX-License-Identifier: Apache-2.0
#include "accel/accelerator_config.h"

#include <fmt/format.h>

#include "sim/core/error.h"

namespace brownout::accel {
namespace {

using config::Limits;
using config::Section;
using memory::GroupId;

constexpr Limits kEnergyLimits{0, 1e6};

std::uint32_t small_integer(Section& section, const char* key, const char* description,
                            std::uint32_t fallback) {
  return static_cast<std::uint32_t>(section.integer(key, description, {1, 256}, fallback));
}

std::optional<LoopOrder> read_loop_order(Section& section) {
  enum class Choice { kAuto, kFilterOuter, kIfmapOuter };
  switch (section.choice<Choice>(
      "loop_order", "operand whose tiles the outer loop walks; auto: what moves the fewest bytes",
      {{"auto", Choice::kAuto},
       {"filter_outer", Choice::kFilterOuter},
       {"ifmap_outer", Choice::kIfmapOuter}},
      Choice::kAuto)) {
    case Choice::kFilterOuter:
      return LoopOrder::kFilterOuter;
    case Choice::kIfmapOuter:
      return LoopOrder::kIfmapOuter;
    case Choice::kAuto:
      break;
  }
  return std::nullopt;
}

/// What `make` makes of a buffer; its errors name the buffer.
template <class Make>
auto of_buffer(const Machine& machine, GroupId group, Make make) {
  try {
    return make(machine.accelerator.buffers[group]);
  } catch (const InputError& error) {
    throw InputError(
        fmt::format("accelerator.buffers.{}: {}", memory::group_name(group), error.what()));
  }
}

memory::SramGeometry buffer_geometry(const Machine& machine, GroupId group) {
  return of_buffer(machine, group, [&](const BufferConfig& buffer) {
    memory::MacroGeometry macro = machine.memory.macro;
    const memory::Lanes lanes = memory::lanes_of(buffer.ecc.choice, macro.word_bits);
    macro.check_bits = lanes.count * lanes.check_bits;
    return memory::SramGeometry(macro, buffer.capacity, buffer.banks);
  });
}

}  // namespace

AcceleratorConfig read_accelerator_config(Section section) {
  AcceleratorConfig result;
  result.name = section.text("name", "the accelerator's name in results");
  result.clock = section.quantity<Hertz>("clock", "clock of array, buffers and DMA", {1e3, 1e11});
  result.accounting = section.choice<Accounting>(
      "accounting", "what layer tables count: our words and cycles, or SCALE-Sim's beside them",
      {{"hardware", Accounting::kHardware}, {"scale_sim", Accounting::kScaleSim}},
      Accounting::kHardware);
  result.clocking = section.choice<Clocking>(
      "clocking", "the clock at lower voltages: left alone, or stretched to the slowest part",
      {{"constant", Clocking::kConstant}, {"scaled", Clocking::kScaled}}, Clocking::kConstant);

  Section array = section.section("array", "systolic array of multiply-accumulate elements");
  result.array.dataflow =
      array.choice<Dataflow>("dataflow", "what stays in the processing elements",
                             {{"os", Dataflow::kOutputStationary},
                              {"ws", Dataflow::kWeightStationary},
                              {"is", Dataflow::kInputStationary}},
                             Dataflow::kOutputStationary);
  result.array.body = array.choice<ArrayBody>(
      "body", "simulated register by register, or a fold at once with the same result",
      {{"register", ArrayBody::kRegister}, {"block", ArrayBody::kBlock}}, ArrayBody::kRegister);
  result.array.loop_order = read_loop_order(array);
  result.array.stream_block = static_cast<std::uint32_t>(
      array.integer("stream_block",
                    "most pixels (ws) or channels (is) that stream through a fold; 0: fewest "
                    "DRAM bytes",
                    {0, 1 << 30}, 0));
  result.array.rows = small_integer(array, "rows", "rows of processing elements", 32);
  result.array.cols = small_integer(array, "cols", "columns of processing elements", 32);
  result.array.rail = array.text("rail", "supply rail of the array", "logic");
  result.array.energy_per_mac = array.quantity<Picojoules>(
      "energy_per_mac", "one multiply-accumulate at Vmin", kEnergyLimits);
  if (auto delay = array.optional_section("delay", "the array's delay over voltage")) {
    result.array.delay =
        memory::read_delay_law(*delay, "critical_path", "slowest path of the array at Vmin");
  }

  Section buffers = section.section("buffers", "SRAM buffer of each operand");
  for (const GroupId group : memory::kGroups) {
    result.buffers[group] = read_buffer_config(buffers, group);
  }

  Section vector = section.section("vector", "requantisation, pooling and element-wise unit");
  result.vector.words_per_cycle =
      small_integer(vector, "words_per_cycle", "buffer words read a cycle", 4);
  result.vector.energy_per_op = vector.quantity<Picojoules>(
      "energy_per_op", "one requantisation, or one operand of an element-wise result",
      kEnergyLimits);

  if (auto dma = section.optional_section("dma", "bus side of the DMA engine")) {
    result.dma.max_burst = dma->quantity<Bytes>(
        "max_burst", "no transaction crosses a multiple of it", {1, 1024.0 * 1024}, Bytes(4096));
  }

  result.dram = memory::read_dram_config(section.section("dram", "off-chip memory"));
  result.memory = section.choice<MemoryModel>(
      "memory", "whether transfers from and to DRAM take time",
      {{"modelled", MemoryModel::kModelled}, {"ideal", MemoryModel::kIdeal}},
      MemoryModel::kModelled);

  result.conflicts = section.choice<BankConflicts>(
      "conflicts", "whether accesses that meet in a bank take turns",
      {{"ideal", BankConflicts::kIdeal}, {"modelled", BankConflicts::kModelled}},
      BankConflicts::kIdeal);

  result.energy_source = section.text("energy_source", "publications of the energies above");
  return result;
}

std::set<std::string> AcceleratorConfig::rails() const {
  std::set<std::string> rails = {array.rail};
  for (const GroupId group : memory::kGroups) rails.merge(buffers[group].rails());
  return rails;
}

memory::PerGroup<memory::SramGeometry> Machine::geometry() const {
  return {buffer_geometry(*this, GroupId::kIfmap), buffer_geometry(*this, GroupId::kFilter),
          buffer_geometry(*this, GroupId::kOfmap)};
}

memory::WordCode Machine::code(GroupId group) const {
  return of_buffer(*this, group, [&](const BufferConfig& buffer) {
    return memory::WordCode(buffer.ecc.choice, memory.macro.word_bits);
  });
}

}  // namespace brownout::accel
