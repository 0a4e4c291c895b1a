// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/untrained_run.h"

#include <utility>

#include "accel/cycle_engine.h"
#include "sim/sweep/point_result.h"

namespace brownout::sweep {

std::vector<const models::Node*> UntrainedRun::nodes() const {
  std::vector<const models::Node*> nodes;
  for (const models::Graph& graph : graphs) {
    for (const models::Node& node : graph.nodes) nodes.push_back(&node);
  }
  return nodes;
}

ScaleSimLayers UntrainedRun::scale_sim() const {
  std::vector<const models::Graph*> all;
  for (const models::Graph& graph : graphs) all.push_back(&graph);
  return scale_sim_layers(all, experiment.config.machine.accelerator);
}

UntrainedRun run_untrained(const std::filesystem::path& file,
                           const std::vector<std::string>& overrides) {
  auto document = config::Document::load(file, overrides);
  ExperimentConfig config = read_experiment_config(document, Purpose::kRun);
  Experiment experiment{std::move(config), {}, {}, document.resolved_yaml(), "", 0, 0};
  const ExperimentConfig& read = experiment.config;
  experiment.network_name = read.network.name() + " (untrained)";
  auto graphs = make_untrained_graphs(read.network);

  SingleRun run;
  for (const models::Graph& graph : graphs) {
    accel::RunStatistics one = accel::CycleEngine(graph, read.machine).time(read.rails);
    run.statistics.names.insert(run.statistics.names.end(), one.names.begin(), one.names.end());
    run.statistics.layers.insert(run.statistics.layers.end(), one.layers.begin(), one.layers.end());
  }
  const Point point{0, Role::kRun, lowest_voltage(read), read.run.chip, 0};
  run.result = make_result(experiment, point, read.rails, run.statistics, "cycle");
  return {std::move(experiment), std::move(graphs), std::move(run)};
}

}  // namespace brownout::sweep
