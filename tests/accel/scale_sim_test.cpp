// SPDX-License-Identifier: Apache-2.0
// Array cycles and weight reads against SCALE-Sim's runs of a CIFAR-size ResNet-18. Its reported
// total is one cycle short of its own schedule (an off-by-one of its reporting), and it counts
// elements where the hardware reads words.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "accel/accounting.h"
#include "accel/cycle_engine.h"
#include "models/zoo/topology.h"
#include "tests/accel/machine_fixture.h"
#include "tests/support/reference_folder.h"

namespace brownout::accel {
namespace {

std::vector<std::vector<std::string>> read_csv(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::vector<std::vector<std::string>> rows;
  std::string line;
  std::getline(in, line);  // header
  while (std::getline(in, line)) {
    std::istringstream fields(line);
    rows.emplace_back();
    for (std::string field; std::getline(fields, field, ',');) rows.back().push_back(field);
  }
  return rows;
}

/// A network of one convolution over an already padded input, as the topology file lists it.
models::Graph one_conv(const std::vector<std::string>& row) {
  const auto number = [&](std::size_t i) { return std::stoi(row.at(i)); };
  const auto size = [&](std::size_t i) { return static_cast<std::size_t>(number(i)); };
  models::Conv conv;
  conv.window.kernel_h = number(3);
  conv.window.kernel_w = number(4);
  conv.window.stride_h = conv.window.stride_w = number(7);
  const models::Shape input{number(5), number(1), number(2)};
  const int channels = number(6);
  conv.weights.assign(size(6) * size(5) * size(3) * size(4), 1);
  conv.weight_scale = {1};
  conv.bias.assign(static_cast<std::size_t>(channels), 0);
  models::Graph graph;
  graph.tensors = {{"in", input, models::ElementType::kUint8, {1.0}, 0},
                   {"out",
                    models::output_shape(input, conv.window, channels),
                    models::ElementType::kInt32,
                    {1.0},
                    0}};
  graph.nodes = {{row.at(0), conv, {TensorId(0)}, TensorId(1)}};
  graph.input = TensorId(0);
  graph.output = TensorId(1);
  return graph;
}

TEST(ScaleSim, TheCycleEnginesArrayCyclesAreEqualInEveryDataflow) {
  const auto found = test_support::reference_folder(BROWNOUT_SOURCE_DIR, "scale_sim");
  if (!found) GTEST_SKIP() << "no shared/reference/scale_sim beside the source tree";
  const std::filesystem::path& folder = *found;
  const auto topology = read_csv(folder / "resnet18_cifar32.csv");
  for (const Dataflow dataflow : kDataflows) {
    const std::string report = std::string("32x32_") + dataflow_name(dataflow);
    const auto compute = read_csv(folder / report / "COMPUTE_REPORT.csv");
    const auto access = read_csv(folder / report / "DETAILED_ACCESS_REPORT.csv");
    ASSERT_EQ(topology.size(), compute.size());
    Machine machine = small_machine(32, 32, 512);
    machine.accelerator.array.dataflow = dataflow;
    machine.accelerator.memory = MemoryModel::kIdeal;
    for (std::size_t i = 0; i < topology.size(); ++i) {
      SCOPED_TRACE(report + " " + topology[i][0]);
      const models::Graph graph = one_conv(topology[i]);
      const LayerStatistics run = CycleEngine(graph, machine).time(rails(1, 1, 1)).total();
      const std::uint64_t array_cycles =
          run.at(Activity::kFill) + run.at(Activity::kCompute) + run.at(Activity::kDrain);
      EXPECT_EQ(run.total_cycles(), Cycles(array_cycles)) << "an ideal memory never stalls";
      EXPECT_EQ(array_cycles - 1, std::stoull(compute[i].at(2)));
      const auto& conv = std::get<models::Conv>(graph.nodes[0].operation);
      if (graph.tensors[1].shape.channels % 8 == 0 && graph.tensors[0].shape.channels % 8 == 0) {
        // Else the last word of a row is partly unused.
        EXPECT_EQ(run.accesses[memory::GroupId::kFilter].reads * 8,
                  static_cast<std::uint64_t>(std::stod(access[i].at(6))));
      }
      EXPECT_EQ(run.macs, static_cast<std::uint64_t>(graph.tensors[1].shape.height) *
                              static_cast<std::uint64_t>(graph.tensors[1].shape.width) *
                              conv.weights.size());
    }
  }
}

/// The closed form equals the reports above; here it stands for the tool on arrays and layers it
/// was not run on.
TEST(ScaleSim, ArrayCyclesAreItsScheduleOnRandomLayersAndArrays) {
  std::mt19937_64 random(7);
  const auto roll = [&](int lowest, int highest) {
    return std::uniform_int_distribution<int>(lowest, highest)(random);
  };
  for (int i = 0; i < 60; ++i) {
    const std::vector<std::string> row = {"layer",
                                          std::to_string(roll(5, 40)),
                                          std::to_string(roll(5, 40)),
                                          std::to_string(roll(1, 5)),
                                          std::to_string(roll(1, 5)),
                                          std::to_string(roll(1, 70)),
                                          std::to_string(roll(1, 300)),
                                          "1"};
    const models::Graph graph = one_conv(row);
    const auto& conv = std::get<models::Conv>(graph.nodes[0].operation);
    for (const Dataflow dataflow : kDataflows) {
      const auto rows = static_cast<std::uint32_t>(roll(1, 4) == 1 ? roll(1, 256) : roll(4, 40));
      const auto cols = static_cast<std::uint32_t>(roll(1, 4) == 1 ? roll(1, 256) : roll(4, 40));
      SCOPED_TRACE(fmt::format("layer {} array {} x {} {}", fmt::join(row, ","), rows, cols,
                               dataflow_name(dataflow)));
      Machine machine = small_machine(rows, cols, 512);
      machine.accelerator.array.dataflow = dataflow;
      machine.accelerator.memory = MemoryModel::kIdeal;
      const LayerStatistics run = CycleEngine(graph, machine).time(rails(1, 1, 1)).total();
      const LayerGemm gemm = gemm_of(conv, graph.tensors[0].shape, Rounding::kCeil);
      ASSERT_EQ(run.total_cycles().count() - 1,
                scale_sim_counts(gemm, rows, cols, dataflow).cycles);
    }
  }
}

TEST(ScaleSim, AllCountsOfAllDataflowsAreEqual) {
  const auto found = test_support::reference_folder(BROWNOUT_SOURCE_DIR, "scale_sim");
  if (!found) GTEST_SKIP() << "no shared/reference/scale_sim beside the source tree";
  const std::filesystem::path& folder = *found;
  const auto layers = models::load_topology(folder / "resnet18_cifar32.csv");
  for (const Dataflow dataflow :
       {Dataflow::kOutputStationary, Dataflow::kWeightStationary, Dataflow::kInputStationary}) {
    const std::string run = std::string("32x32_") + dataflow_name(dataflow);
    const auto compute = read_csv(folder / run / "COMPUTE_REPORT.csv");
    const auto access = read_csv(folder / run / "DETAILED_ACCESS_REPORT.csv");
    ASSERT_EQ(layers.size(), compute.size());
    for (std::size_t i = 0; i < layers.size(); ++i) {
      SCOPED_TRACE(run + " " + layers[i].name);
      const auto& conv = std::get<models::Conv>(layers[i].nodes[0].operation);
      const LayerGemm gemm = gemm_of(conv, layers[i].tensors[0].shape, Rounding::kCeil);
      const ScaleSimCounts counts = scale_sim_counts(gemm, 32, 32, dataflow);
      const auto reported = [&](std::size_t column) {
        return static_cast<std::uint64_t>(std::stod(access[i].at(column)));
      };
      EXPECT_EQ(counts.cycles, std::stoull(compute[i].at(2)));
      EXPECT_EQ(counts.ifmap_reads, reported(3));
      EXPECT_EQ(counts.filter_reads, reported(6));
      EXPECT_EQ(counts.ofmap_writes, reported(9));
    }
  }
}

}  // namespace
}  // namespace brownout::accel
