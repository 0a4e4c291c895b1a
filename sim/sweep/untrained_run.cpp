// SPDX-License-Identifier: Apache-2.0
#include "sim/sweep/untrained_run.h"

#include <utility>

#include "fuse/cycle_system.h"
#include "sim/sweep/point_result.h"

namespace brownout::sweep {

namespace {

/// The zoo's network behind its generator.
fuse::ImageCost cost_behind(Experiment& experiment, const models::Graph& base) {
  ExperimentConfig& config = experiment.config;
  experiment.stage = fuse::make_stage(*config.fuse, base);
  experiment.graph = fuse::network_on_array(*experiment.stage);
  if (const std::uint32_t layers = experiment.stage->layers_on_array(); layers > 0) {
    config.rails = fuse::raised_for_stage(config.rails, config.fuse->rails, layers);
  }
  return fuse::CycleSystem(experiment.graph, config.machine, &*experiment.stage).cost(config.rails);
}

/// Networks one after the other.
fuse::ImageCost cost_in_a_row(const std::vector<models::Graph>& graphs,
                              const ExperimentConfig& config) {
  fuse::ImageCost all;
  for (const models::Graph& graph : graphs) {
    all += fuse::CycleSystem(graph, config.machine, nullptr).cost(config.rails);
  }
  return all;
}

}  // namespace

ScaleSimLayers UntrainedRun::scale_sim() const {
  if (experiment.stage) return scale_sim_of(experiment);
  std::vector<const models::Graph*> all;
  for (const models::Graph& graph : graphs) all.push_back(&graph);
  return scale_sim_layers(all, experiment.config.machine.accelerator);
}

UntrainedRun run_untrained(const std::filesystem::path& file, const config::Overrides& overrides) {
  auto document = config::Document::load(file, overrides);
  ExperimentConfig config = read_experiment_config(document, Purpose::kRun);
  Experiment experiment{std::move(config), {}, {}, document.resolved_yaml(), "", 0, 0};
  experiment.network_name = experiment.config.network.name() + " (untrained)";
  auto graphs = make_untrained_graphs(experiment.config.network);
  if (experiment.config.fuse && graphs.size() != 1) {
    document.root().fail("fuse", "found in front of a topology, allowed: in front of one network");
    document.finish();
  }
  SingleRun run;
  run.cost = experiment.config.fuse ? cost_behind(experiment, graphs.front())
                                    : cost_in_a_row(graphs, experiment.config);
  const ExperimentConfig& read = experiment.config;
  const Point point{0, Role::kRun, lowest_voltage(read), read.run.chip, 0};
  run.result = make_result(experiment, point, read.rails, run.cost, "cycle");
  return {std::move(experiment), std::move(graphs), std::move(run)};
}

}  // namespace brownout::sweep
