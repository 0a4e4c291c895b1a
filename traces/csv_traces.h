// SPDX-License-Identifier: Apache-2.0
// The traces that are tables (layer 1): accesses as SCALE-Sim writes them, DRAM bursts, power over
// time, and bit flips.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "traces/trace_file.h"

namespace brownout::traces {

/// One row a cycle that has accesses: `cycle,address,address,...`, without a heading, as
/// SCALE-Sim's demand traces (there idle ports are -1; here they are left out).
class AccessTrace {
 public:
  explicit AccessTrace(std::string path) : file_(std::move(path)) {}

  /// Cycles must not fall.
  void add(std::uint64_t cycle, std::uint64_t address);
  void commit();

  [[nodiscard]] std::uint64_t accesses() const { return accesses_; }
  [[nodiscard]] const TraceFile& file() const { return file_; }

 private:
  TraceFile file_;
  std::uint64_t cycle_ = 0;
  std::uint64_t accesses_ = 0;
};

/// `cycle,address,bytes`: the bursts of the DRAM bus, one row each.
class BurstTrace {
 public:
  explicit BurstTrace(std::string path) : file_(std::move(path)) {
    file_.write("cycle,address,bytes\n");
  }

  void add(std::uint64_t cycle, std::uint64_t address, std::uint64_t bytes) {
    file_.print("{},{},{}\n", cycle, address, bytes);
    bytes_ += bytes;
    ++bursts_;
  }
  void commit() { file_.commit(); }

  [[nodiscard]] std::uint64_t bursts() const { return bursts_; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  [[nodiscard]] const TraceFile& file() const { return file_; }

 private:
  TraceFile file_;
  std::uint64_t bursts_ = 0;
  std::uint64_t bytes_ = 0;
};

/// `cycle,cycles,COMPONENT_pj...,total_pj,mw`, one row a window of time.
class PowerTrace {
 public:
  PowerTrace(std::string path, const std::vector<std::string>& components);

  /// Energies in pJ, in the order of the components, and their power over the window.
  void add(std::uint64_t cycle, std::uint64_t cycles, const std::vector<double>& picojoules,
           double milliwatts);
  void commit() { file_.commit(); }

  [[nodiscard]] std::uint64_t rows() const { return rows_; }
  [[nodiscard]] const TraceFile& file() const { return file_; }

 private:
  TraceFile file_;
  std::size_t components_;
  std::uint64_t rows_ = 0;
};

/// A bit that a read returned wrong.
struct Flip {
  std::uint64_t cycle = 0;
  std::string layer;
  std::string operand;     ///< buffer
  std::uint32_t word = 0;  ///< address in it
  std::uint32_t macro = 0;
  std::uint32_t row = 0;
  std::uint32_t bit = 0;      ///< of the word: the cell is (operand, macro, row, bit)
  std::uint64_t written = 0;  ///< the word as it was written
  std::uint64_t read = 0;     ///< and as the read returned it
};

/// `cycle,layer,operand,word,macro,row,bit,before,after,written,read`: the bit and the whole word
/// (hexadecimal) before and after, one row a wrong bit of every read.
class FlipTrace {
 public:
  explicit FlipTrace(std::string path);

  void add(const Flip& flip);
  void commit() { file_.commit(); }

  [[nodiscard]] std::uint64_t flips() const { return flips_; }
  [[nodiscard]] const TraceFile& file() const { return file_; }

 private:
  TraceFile file_;
  std::uint64_t flips_ = 0;
};

}  // namespace brownout::traces
