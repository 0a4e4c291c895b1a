// SPDX-License-Identifier: Apache-2.0
#include "traces/csv_traces.h"

#include "sim/core/error.h"

namespace brownout::traces {
namespace {

/// A CSV field (RFC 4180); a newline would break the row for line-wise readers.
std::string field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char letter : text) {
    if (letter == '"') quoted += '"';
    quoted += letter == '\n' || letter == '\r' ? ' ' : letter;
  }
  return quoted + '"';
}

}  // namespace

void AccessTrace::add(std::uint64_t cycle, std::uint64_t address) {
  require(accesses_ == 0 || cycle >= cycle_, "the cycles of an access trace never fall");
  if (accesses_ == 0 || cycle != cycle_) {
    file_.print("{}{}", accesses_ == 0 ? "" : "\n", cycle);
    cycle_ = cycle;
  }
  file_.print(",{}", address);
  ++accesses_;
}

void AccessTrace::commit() {
  if (accesses_ != 0) file_.write("\n");
  file_.commit();
}

PowerTrace::PowerTrace(std::string path, const std::vector<std::string>& components)
    : file_(std::move(path)), components_(components.size()) {
  file_.write("cycle,cycles");
  for (const std::string& name : components) file_.print(",{}", field(name + "_pj"));
  file_.write(",total_pj,mw\n");
}

void PowerTrace::add(std::uint64_t cycle, std::uint64_t cycles,
                     const std::vector<double>& picojoules, double milliwatts) {
  require(picojoules.size() == components_, "a power row has one energy per component");
  file_.print("{},{}", cycle, cycles);
  double total = 0;
  for (const double energy : picojoules) {
    file_.print(",{:.12g}", energy);
    total += energy;
  }
  file_.print(",{:.12g},{:.12g}\n", total, milliwatts);
  ++rows_;
}

FlipTrace::FlipTrace(std::string path) : file_(std::move(path)) {
  file_.write("cycle,layer,operand,word,macro,row,bit,before,after,written,read\n");
}

void FlipTrace::add(const Flip& flip) {
  file_.print("{},{},{},{},{},{},{},{},{},{:#x},{:#x}\n", flip.cycle, field(flip.layer),
              flip.operand, flip.word, flip.macro, flip.row, flip.bit,
              flip.written >> flip.bit & 1U, flip.read >> flip.bit & 1U, flip.written, flip.read);
  ++flips_;
}

}  // namespace brownout::traces
