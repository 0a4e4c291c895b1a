// SPDX-License-Identifier: Apache-2.0
// Drawing a chip of 1 Gbit at a bit-error rate of 1e-3 on one core, by every instruction set and in
// whole, against the target of 2 s of CPU, and what a change of voltage costs. Ratios are within
// one run.
#include <fmt/format.h>
#include <sys/resource.h>

#include <cstdint>
#include <ctime>

#include "memory/cell_kernels.h"
#include "memory/weak_cells.h"
#include "sim/core/philox.h"

namespace brownout::bench {
namespace {

using memory::GroupId;
using memory::SramGeometry;
using memory::WeakCells;

constexpr double kTargetSeconds = 2;
constexpr double kRate = 1e-3;
constexpr std::uint64_t kCells = std::uint64_t{1} << 30U;

/// CPU time, which other work on the machine does not change.
template <class Work>
double seconds(Work work) {
  const std::clock_t begin = std::clock();
  work();
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

double resident_mebibytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

/// Cells that fail when each takes a counter of its own, as chips were first drawn.
std::uint64_t count_one_by_one(std::uint64_t cells) {
  const auto limit = static_cast<std::uint64_t>(kRate * 0x1p32);
  std::uint64_t failing = 0;
  for (std::uint64_t i = 0; i < cells; ++i) {
    const auto counter = static_cast<std::uint32_t>(i);
    if (philox(1, {0, counter >> 15U, counter >> 6U & 511U, counter & 63U})[0] < limit) ++failing;
  }
  return failing;
}

std::uint64_t count_by(memory::CellKernel draw, std::uint64_t cells) {
  memory::StretchValues last;
  last.fill(static_cast<std::uint32_t>(kRate * 0x1p32));
  memory::StretchValues ranks;
  memory::Stretch stretch;
  std::uint64_t hits = 0;
  for (std::uint64_t done = 0; done < cells; done += memory::kCellsPerStretch) {
    if (draw(stretch, last, ranks)) ++hits;
    stretch.first += memory::kCountersPerStretch;
  }
  return hits;
}

void run() {
  constexpr std::uint64_t kPart = kCells / 32;
  const double before = 32 * seconds([] { fmt::print("{} ", count_one_by_one(kPart)); });
  fmt::print("cells fail in 1/32 Gbit\n{:<34}{:8.2f} s per Gbit  (1.0 x)\n",
             "a counter a cell, one by one", before);
  for (const memory::NamedCellKernel& kernel : memory::cell_kernels()) {
    if (!kernel.supported) continue;
    std::uint64_t hits = 0;
    const double time = 32 * seconds([&] { hits = count_by(kernel.draw, kPart); });
    fmt::print("four cells a counter, {:<12}{:8.2f} s per Gbit  ({:.1f} x), {} stretches hit\n",
               kernel.name, time, before / time, hits);
  }

  const SramGeometry geometry({512, 64}, Bytes(kCells / 8), 4);
  const double resident = resident_mebibytes();
  std::size_t weak = 0;
  const double whole = seconds(
      [&] { weak = WeakCells(ChipId(1), GroupId::kFilter, geometry, kRate).cells().size(); });
  fmt::print("whole chip, sorted: {:.2f} s, target {:.0f} s ({:.1f} x faster than target)\n", whole,
             kTargetSeconds, kTargetSeconds / whole);
  fmt::print("{} weak cells, {:.0f} MiB more resident: {:.0f} bytes a weak cell\n", weak,
             resident_mebibytes() - resident,
             (resident_mebibytes() - resident) * 1048576 / static_cast<double>(weak));

  const WeakCells cells(ChipId(1), GroupId::kFilter, geometry, kRate);
  memory::FaultMask mask = cells.mask(kRate);
  const double anew = seconds([&] { mask = cells.mask(kRate); });
  const double small = seconds([&] { cells.move(mask, kRate, kRate * 0.99); });
  const double large = seconds([&] { cells.move(mask, kRate * 0.99, kRate * 0.09); });
  fmt::print("masks anew {:.2f} ms; moved by 1 % of the cells {:.3f} ms, by 90 % {:.3f} ms\n",
             anew * 1e3, small * 1e3, large * 1e3);
}

}  // namespace
}  // namespace brownout::bench

int main() { brownout::bench::run(); }
