// SPDX-License-Identifier: Apache-2.0
// Points and manifests for tests, and a folder of its own for each.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "accel/energy_model.h"
#include "accel/run_statistics.h"
#include "sim/core/error.h"
#include "sim/sweep/layer_table.h"
#include "sim/sweep/manifest.h"
#include "sim/sweep/point.h"

namespace brownout::sweep {

/// What `work` throws as InputError; empty if nothing.
template <class Work>
std::string input_error(Work work) {
  try {
    work();
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

/// Two chips at three voltages and the reference.
inline SweepConfig small_sweep() {
  return {"weights", {VminRatio(1), VminRatio(0.9), VminRatio(0.8)}, ChipId(5), 2, 100, 400};
}

/// A finished point with numbers that follow from its index.
inline PointResult result_of(const Point& point) {
  PointResult result;
  result.point = point;
  result.bit_error_rates = {0.0, (1 - point.voltage.count()) / 3, 0.0};
  result.flipped_weight_bits = std::max(0.0, 1 - point.voltage.count()) / 7;
  result.network = "net, \"small\"";
  result.engine = "fast";
  result.correct = point.images - point.index * 7;
  result.cycles = Cycles(44776);
  result.time = Picoseconds(44776000);
  const double square = point.voltage.count() * point.voltage.count();
  for (const auto& [name, energy] : accel::walk(accel::EnergyBreakdown{})) {
    const bool spent = name != "rail_ramps" && name != "ecc" && name != "outside";
    const double other = spent ? 100.7 : 0;
    result.energies.emplace_back(name, Picojoules(name == "filter_sram" ? 300.1 * square : other));
  }
  result.pipelined = result.time;
  result.weight_reads_saved = 1 - square;
  for (const auto& [name, energy] : accel::walk(accel::EnergyBreakdown{})) {
    result.generator_energies.emplace_back(name, energy);
  }
  result.weight_words = memory::CodeOutcomes{1000, 0, 0, point.index * 2};
  return result;
}

/// Two layers at every voltage that add up to the points'.
inline std::vector<LayerRow> layers_of(const std::vector<PointResult>& results,
                                       const std::array<std::string, 2>& names = {"a, b", "c"}) {
  std::map<double, PointResult, std::greater<>> points;
  for (const PointResult& result : results) points[result.point.voltage.count()] = result;
  std::vector<LayerRow> rows;
  for (const auto& [voltage, point] : points) {
    for (std::size_t i = 0; i < names.size(); ++i) {
      accel::LayerStatistics layer;
      layer.at(accel::Activity::kFill) = i == 0 ? 776 : 0;
      layer.at(accel::Activity::kCompute) = i == 0 ? 0 : point.cycles.count() - 776;
      layer.macs = 77 + i;
      layer.dram_read_bytes = 64 * (i + 1);
      LayerRow row{VminRatio(voltage), i, names[i], {}, {}, {}};
      for (const auto& [info, value] : accel::walk(layer)) {
        row.statistics.emplace_back(info.name, value);
      }
      for (const auto& [name, energy] : point.energies) {
        row.energies.emplace_back(name, energy * (i == 0 ? 0.3 : 0.7));
      }
      rows.push_back(std::move(row));
    }
  }
  return rows;
}

inline Manifest small_manifest() {
  Manifest manifest;
  manifest.version = "1.2.3";
  manifest.revision = "abc";
  manifest.command = "brownout sweep a.yaml";
  manifest.kind = "sweep";
  manifest.points = 7;
  manifest.engine = "fast";
  manifest.network = "net <small>";
  manifest.network_crc = 0x00c0ffee;
  manifest.parameters = 123;
  manifest.macs = 4567;
  manifest.dataset = "images";
  manifest.dataset_crc = 0xffffffff;
  manifest.accelerator = "os32";
  manifest.clock_hz = 1e9;
  manifest.peak_macs = 1024;
  manifest.dram_bytes_per_second = 16e9;
  manifest.buffers = {{"filter", {4096, 512}}};
  manifest.memory = "ibm14nm";
  manifest.measured = "0.75 to 1 Vmin";
  manifest.extrapolated = "none";
  manifest.rail = "weights";
  manifest.sources = {{"curve", "A & B, 2019"}, {"energy", "C, 2014"}};
  manifest.config = "a: 1  # one\nb: 2\n";
  return manifest;
}

class FolderTest : public ::testing::Test {
 protected:
  FolderTest() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::temp_directory_path() /
              ("brownout_sweep_" + std::to_string(::getpid()) + "_" + test->name());
    std::filesystem::create_directories(folder_);
  }
  ~FolderTest() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }
  [[nodiscard]] std::string read(const std::string& name) const {
    std::ifstream stream(folder_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  [[nodiscard]] std::string path(const std::string& name) const {
    return (folder_ / name).string();
  }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
};

}  // namespace brownout::sweep
