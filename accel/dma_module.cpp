// SPDX-License-Identifier: Apache-2.0
#include "accel/dma_module.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "accel/dram_events.h"
#include "accel/lowering.h"
#include "memory/word_bytes.h"

namespace brownout::accel {

using memory::GroupId;

DmaModule::DmaModule(sc_core::sc_module_name name, RunContext context,
                     const AcceleratorConfig& config, ClockPeriod period)
    : sc_module(name),
      context_(context),
      max_burst_(config.dma.max_burst.count()),
      memory_(config.memory),
      period_(period),
      addresses_(context.graph, context.program) {
  SC_METHOD(launch);
  sensitive << begin_;
  dont_initialize();
}

void DmaModule::begin_run(const Placement& placement) {
  if (!addresses_.fits(placement)) {
    throw PlacementError(fmt::format(
        "program at {:#x}, input at {:#x} or output at {:#x} passes the end of the address space",
        placement.program, placement.input, placement.output));
  }
  addresses_.place(placement);
  loads_done_ = stores_done_ = steps_done_ = 0;
  stopping_ = false;
  failure_ = nullptr;
  running_ = true;
  begin_.notify(sc_core::SC_ZERO_TIME);
}

void DmaModule::end_run() {
  stopping_ = true;
  step_done_.notify(sc_core::SC_ZERO_TIME);
  while (running_) wait(transfer_done_);
}

void DmaModule::wait_for(const std::uint32_t& done, std::uint32_t count) {
  while (done < count) {
    if (failure_ != nullptr) std::rethrow_exception(failure_);
    wait(transfer_done_);
  }
}

void DmaModule::wait_for_loads(std::uint32_t count) { wait_for(loads_done_, count); }

void DmaModule::wait_for_stores(std::uint32_t count) { wait_for(stores_done_, count); }

void DmaModule::finish_step() {
  ++steps_done_;
  step_done_.notify(sc_core::SC_ZERO_TIME);
}

void DmaModule::serve() {
  try {
    transfer();
  } catch (const Error&) {
    failure_ = std::current_exception();  // for the sequencer, which waits for this transfer
  }
  running_ = false;
  transfer_done_.notify();
}

void DmaModule::transfer() {
  const Program& program = context_.program;
  while (!stopping_ &&
         (loads_done_ < program.loads.size() || stores_done_ < program.stores.size())) {
    // Every step that ends now has ended before the next transfer is chosen, in whatever order the
    // kernel ran the processes: payload or not, the choice is the same.
    wait(sc_core::SC_ZERO_TIME);
    const Load* load = loads_done_ < program.loads.size() ? &program.loads[loads_done_] : nullptr;
    if (load != nullptr && load->after_steps <= steps_done_ && load->after_stores <= stores_done_) {
      this->load(*load);
      ++loads_done_;
      transfer_done_.notify();
    } else if (stores_done_ < program.stores.size() &&
               program.stores[stores_done_].step < steps_done_) {
      store(program.steps[program.stores[stores_done_].step]);
      ++stores_done_;
      transfer_done_.notify();
    } else {
      wait(step_done_);
    }
  }
}

std::vector<DmaModule::Burst> DmaModule::load_bursts(const Load& load) const {
  const LayerProgram& layer = context_.program.layers[load.layer];
  if (load.group == GroupId::kFilter) {
    return {{layer.filter_address + load.extent.begin, load.extent.size(), load.extent.begin}};
  }
  if (layer.conv() != nullptr) {
    return {
        {layer.input_addresses.front() + load.extent.begin, load.extent.size(), load.extent.begin}};
  }
  // Input tensors lie interleaved word by word in the buffer, each on its own in DRAM.
  const std::uint64_t word_bytes = ifmap->geometry().macro().word_bytes();
  const OperandLayout& layout = layer.vector().layout();
  std::vector<Burst> bursts;
  for (std::uint32_t input = 0; input < layout.inputs(); ++input) {
    const std::uint64_t from =
        layout.words_below(input, load.extent.begin / word_bytes) * word_bytes;
    const std::uint64_t to = layout.words_below(input, load.extent.end / word_bytes) * word_bytes;
    if (from >= to) continue;
    bursts.push_back(
        {layer.input_addresses[input] + from, to - from, layout.position(input, from), input});
  }
  return bursts;
}

std::uint64_t DmaModule::target(const Load& load, const Burst& burst, std::uint64_t offset) const {
  const LayerProgram& layer = context_.program.layers[load.layer];
  if (load.group == GroupId::kFilter || layer.conv() != nullptr) return burst.position + offset;
  const std::uint64_t first = burst.address - layer.input_addresses[burst.input];
  return layer.vector().ifmap_position(burst.input, first + offset);
}

void DmaModule::clear_tail(const Load& load, const Burst& burst, std::uint8_t* data) const {
  if (load.group != GroupId::kIfmap) return;
  const models::Node& node = context_.graph.nodes[load.layer];
  const std::uint64_t end = context_.program.layers[load.layer].input_addresses[burst.input] +
                            tensor_bytes(context_.graph.tensor(node.inputs[burst.input]));
  const std::uint64_t used = std::min(burst.bytes, end - std::min(end, burst.address));
  std::fill(data + used, data + burst.bytes, std::uint8_t{0});
}

void DmaModule::load(const Load& load) {
  SramInterface& buffer =
      load.group == GroupId::kFilter ? *filter.operator->() : *ifmap.operator->();
  const std::uint32_t word_bytes = buffer.geometry().macro().word_bytes();
  const std::vector<Burst> bursts = load_bursts(load);
  buffer_.resize(load.extent.size());

  std::uint64_t filled = 0;
  begin_transfer(load.layer, load.group);
  for (const Burst& burst : bursts) {
    access(tlm::TLM_READ_COMMAND, burst.address, &buffer_[filled], burst.bytes);
    clear_tail(load, burst, &buffer_[filled]);
    filled += burst.bytes;
  }
  LayerStatistics& statistics = context_.layer_statistics(load.layer);
  end_transfer(statistics);

  statistics.dram_read_bytes += filled;
  const AccessMeter meter(buffer, statistics.accesses[load.group]);
  if (context_.payload == Payload::kNone) {
    buffer.count({0, filled / word_bytes});
    return report_transfer();
  }
  const std::uint8_t* data = buffer_.data();
  for (const Burst& burst : bursts) {
    for (std::uint64_t done = 0; done < burst.bytes; done += word_bytes) {
      const std::uint64_t position = target(load, burst, done);
      buffer.write(position, memory::load_word(data, word_bytes));
      if (context_.probe != nullptr) {
        moved_.push_back(buffer.describe(position));
      }
      data += word_bytes;
    }
  }
  report_transfer();
}

std::vector<DmaModule::Burst> DmaModule::store_bursts(const Step& step) const {
  const LayerProgram& layer = context_.program.layers[step.layer];
  const ConvGeometry* conv = layer.conv();
  if (conv == nullptr) {
    return {{layer.output_address + step.ofmap.begin, step.ofmap.size(), step.ofmap.begin}};
  }
  const Fold fold = conv->fold(step.fold);
  const std::uint64_t element = conv->element_bytes();
  std::vector<Burst> bursts;
  for (std::uint32_t p = 0; p < fold.m_count; ++p) {
    bursts.push_back({layer.output_address + conv->output_element(fold, p, 0) * element,
                      fold.n_count * element, fold.ofmap_base + p * fold.ofmap_pitch});
  }
  return bursts;
}

void DmaModule::store(const Step& step) {
  const std::uint32_t word_bytes = ofmap->geometry().macro().word_bytes();
  LayerStatistics& statistics = context_.layer_statistics(step.layer);
  const std::vector<Burst> bursts = store_bursts(step);
  buffer_.clear();
  ofmap->select_layer(step.layer);
  begin_transfer(step.layer, GroupId::kOfmap);
  {
    const AccessMeter meter(*ofmap.operator->(), statistics.accesses[GroupId::kOfmap]);
    for (const Burst& burst : bursts) {
      const std::uint64_t begin = buffer_.size();
      buffer_.resize(begin + burst.bytes);
      if (context_.payload == Payload::kNone) {
        ofmap->count({(burst.bytes + word_bytes - 1) / word_bytes, 0});
        continue;
      }
      for (std::uint64_t done = 0; done < burst.bytes; done += word_bytes) {
        std::uint64_t word = ofmap->read(burst.position + done);
        if (context_.probe != nullptr) {
          moved_.push_back(ofmap->describe(burst.position + done));
          moved_.back().value = word;
        }
        const std::uint64_t used = std::min<std::uint64_t>(word_bytes, burst.bytes - done);
        for (std::uint64_t b = 0; b < used; ++b, word >>= 8) {
          buffer_[begin + done + b] = static_cast<std::uint8_t>(word);
        }
      }
    }
  }
  std::uint64_t drained = 0;
  for (const Burst& burst : bursts) {
    access(tlm::TLM_WRITE_COMMAND, burst.address, &buffer_[drained], burst.bytes);
    drained += burst.bytes;
  }
  end_transfer(statistics);
  statistics.dram_write_bytes += drained;
  report_transfer();
}

void DmaModule::begin_transfer(std::uint32_t layer, GroupId group) {
  transfer_end_ = sc_core::sc_time_stamp();
  dram_events_ = {};
  if (context_.probe == nullptr) return;
  transfer_ = {layer, group, period_.now().count(), 0, 0};
  context_.probe->observer().on_transfer_begin(transfer_.begin);
}

void DmaModule::end_transfer(LayerStatistics& statistics) {
  statistics.dram_events += dram_events_;
  const sc_core::sc_time& now = sc_core::sc_time_stamp();
  const sc_core::sc_time end = memory_ == MemoryModel::kIdeal ? now : std::max(transfer_end_, now);
  wait(period_.edge(end) - now);
}

void DmaModule::access(tlm::tlm_command command, std::uint64_t address, std::uint8_t* data,
                       std::uint64_t bytes) {
  std::uint64_t bus = addresses_.bus(address);
  while (bytes > 0) {
    const std::uint64_t part = std::min(bytes, max_burst_ - bus % max_burst_);
    transact(command, bus, data, part);
    bus += part;
    data += part;
    bytes -= part;
  }
}

void DmaModule::transact(tlm::tlm_command command, std::uint64_t address, std::uint8_t* data,
                         std::uint64_t bytes) {
  // A payload of its own for every transaction: a target or interconnect may have left anything in
  // the last one.
  tlm::tlm_generic_payload payload;
  payload.set_command(command);
  payload.set_address(address);
  payload.set_data_ptr(data);
  payload.set_data_length(static_cast<unsigned>(bytes));
  payload.set_streaming_width(static_cast<unsigned>(bytes));
  payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  payload.set_extension(std::make_unique<DramEvents>().release());  // the payload's from now on
  const std::uint64_t begin = period_.now().count();
  sc_core::sc_time delay;
  socket->b_transport(payload, delay);
  if (payload.is_response_error()) {
    throw BusError(fmt::format("DMA {} of {} bytes at {:#x}: {}",
                               command == tlm::TLM_READ_COMMAND ? "read" : "write", bytes, address,
                               payload.get_response_string()),
                   address);
  }
  memory::DramCounts counts;
  if (const auto* events = payload.get_extension<DramEvents>()) counts = events->counts;
  dram_events_ += counts;
  const sc_core::sc_time done = sc_core::sc_time_stamp() + delay;
  transfer_end_ = std::max(transfer_end_, done);
  if (context_.probe == nullptr) return;
  transfer_.bytes += bytes;
  const std::uint64_t end =
      memory_ == MemoryModel::kIdeal ? begin : period_.at(period_.edge(done)).count();
  context_.probe->observer().on_dram({transfer_.layer, transfer_.group,
                                      command == tlm::TLM_READ_COMMAND, begin, end, address, bytes,
                                      counts});
}

}  // namespace brownout::accel
