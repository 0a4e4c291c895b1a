// SPDX-License-Identifier: Apache-2.0
#include "accel/dma_module.h"

#include <fmt/format.h>

#include <algorithm>

namespace brownout::accel {
namespace {

using memory::GroupId;

std::uint64_t assemble_word(const std::uint8_t* bytes, std::uint32_t word_bytes) {
  std::uint64_t word = 0;
  for (std::uint32_t b = 0; b < word_bytes; ++b) {
    word |= static_cast<std::uint64_t>(bytes[b]) << (8 * b);
  }
  return word;
}

}  // namespace

DmaModule::DmaModule(sc_core::sc_module_name name, RunContext context)
    : sc_module(name), context_(context) {
  SC_THREAD(transfer);
}

void DmaModule::wait_for_loads(std::uint32_t count) {
  while (loads_done_ < count) wait(transfer_done_);
}

void DmaModule::wait_for_stores(std::uint32_t count) {
  while (stores_done_ < count) wait(transfer_done_);
}

void DmaModule::finish_step() {
  ++steps_done_;
  step_done_.notify(sc_core::SC_ZERO_TIME);
}

void DmaModule::transfer() {
  const Program& program = context_.program;
  while (loads_done_ < program.loads.size() || stores_done_ < program.stores.size()) {
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
    return {{layer.filter_address + load.extent.begin, load.extent.size(), load.extent.begin, 1}};
  }
  // Input tensors lie interleaved word by word in the buffer, each on its own in DRAM.
  const std::uint64_t word_bytes = ifmap->geometry().macro().word_bytes();
  const std::uint64_t first = load.extent.begin / word_bytes;
  const std::uint64_t last = load.extent.end / word_bytes;
  const std::uint64_t inputs = layer.input_addresses.size();
  std::vector<Burst> bursts;
  for (std::uint64_t input = 0; input < inputs; ++input) {
    const std::uint64_t from = (first + inputs - 1 - input) / inputs;
    const std::uint64_t to = (last + inputs - 1 - input) / inputs;
    if (from >= to) continue;
    bursts.push_back({layer.input_addresses[input] + from * word_bytes, (to - from) * word_bytes,
                      (from * inputs + input) * word_bytes, static_cast<std::uint32_t>(inputs)});
  }
  return bursts;
}

void DmaModule::load(const Load& load) {
  SramInterface& target =
      load.group == GroupId::kFilter ? *filter.operator->() : *ifmap.operator->();
  const memory::SramGeometry& words = target.geometry();
  const std::uint32_t word_bytes = words.macro().word_bytes();
  const std::vector<Burst> bursts = load_bursts(load);
  buffer_.resize(load.extent.size());

  sc_core::sc_time delay;
  std::uint64_t filled = 0;
  for (const Burst& burst : bursts) {
    delay = std::max(delay,
                     access(tlm::TLM_READ_COMMAND, burst.address, &buffer_[filled], burst.bytes));
    filled += burst.bytes;
  }
  wait(delay);

  LayerStatistics& statistics = context_.layer_statistics(load.layer);
  statistics.dram_read_bytes += filled;
  const AccessMeter meter(target, statistics.accesses[load.group]);
  const std::uint8_t* data = buffer_.data();
  for (const Burst& burst : bursts) {
    std::uint64_t position = burst.position;
    for (std::uint64_t done = 0; done < burst.bytes; done += word_bytes) {
      target.write(words.word_of_position(position), assemble_word(data, word_bytes));
      data += word_bytes;
      position += static_cast<std::uint64_t>(word_bytes) * burst.stride;
    }
  }
}

std::vector<DmaModule::Burst> DmaModule::store_bursts(const Step& step) const {
  const LayerProgram& layer = context_.program.layers[step.layer];
  const ConvGeometry* conv = layer.conv();
  if (conv == nullptr) {
    return {{layer.output_address + step.ofmap.begin, step.ofmap.size(), step.ofmap.begin, 1}};
  }
  const Fold fold = conv->fold(step.fold);
  const std::uint64_t element = conv->element_bytes();
  std::vector<Burst> bursts;
  for (std::uint32_t row = 0; row < fold.rows; ++row) {
    bursts.push_back({layer.output_address + conv->output_element(fold, row, 0) * element,
                      fold.cols * element, fold.ofmap_base + row * conv->ofmap_row_bytes(fold), 1});
  }
  return bursts;
}

void DmaModule::store(const Step& step) {
  const memory::SramGeometry& words = ofmap->geometry();
  const std::uint32_t word_bytes = words.macro().word_bytes();
  LayerStatistics& statistics = context_.layer_statistics(step.layer);
  sc_core::sc_time delay;
  {
    const AccessMeter meter(*ofmap.operator->(), statistics.accesses[GroupId::kOfmap]);
    for (const Burst& burst : store_bursts(step)) {
      buffer_.clear();
      for (std::uint64_t done = 0; done < burst.bytes; done += word_bytes) {
        std::uint64_t word = ofmap->read(words.word_of_position(burst.position + done));
        for (std::uint32_t b = 0; b < word_bytes; ++b, word >>= 8) {
          buffer_.push_back(static_cast<std::uint8_t>(word));
        }
      }
      delay = std::max(delay,
                       access(tlm::TLM_WRITE_COMMAND, burst.address, buffer_.data(), burst.bytes));
      statistics.dram_write_bytes += burst.bytes;
    }
  }
  wait(delay);
}

sc_core::sc_time DmaModule::access(tlm::tlm_command command, std::uint64_t address,
                                   std::uint8_t* data, std::uint64_t bytes) {
  tlm::tlm_generic_payload payload;
  payload.set_command(command);
  payload.set_address(address);
  payload.set_data_ptr(data);
  payload.set_data_length(static_cast<unsigned>(bytes));
  payload.set_streaming_width(static_cast<unsigned>(bytes));
  payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  sc_core::sc_time delay;
  socket->b_transport(payload, delay);
  if (payload.is_response_error()) {
    throw SimulationError(fmt::format("DRAM answers {} to {} bytes at {}",
                                      payload.get_response_string(), bytes, address));
  }
  return delay;
}

}  // namespace brownout::accel
