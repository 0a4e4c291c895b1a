// SPDX-License-Identifier: Apache-2.0
#include "tests/accel/engine_comparison.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "accel/chip_maker.h"
#include "accel/compare.h"
#include "accel/cycle_engine.h"
#include "accel/fast_engine.h"
#include "accel/fault_rates.h"
#include "accel/observer.h"
#include "accel/weight_flips.h"
#include "models/reference.h"
#include "sim/core/error.h"

namespace brownout::accel {
namespace {

/// What became of every word the array read from the filter buffer, by layer.
class WeightReads : public RunObserver {
 public:
  explicit WeightReads(std::size_t layers) : outcomes(layers) {}
  void on_access(const Access& access) override {
    if (access.group != memory::GroupId::kFilter || access.kind != AccessKind::kRead) return;
    outcomes.at(access.layer) += access.outcomes;
  }
  std::vector<memory::CodeOutcomes> outcomes;
};

/// The fast engine counts every word once, the array reads it once for every tile of pixels.
void expect_same_outcomes(const FastEngine& fast, const FastEngine::View& view,
                          const WeightReads& reads) {
  for (std::size_t i = 0; i < reads.outcomes.size(); ++i) {
    const ConvGeometry* conv = fast.program().layers[i].conv();
    if (conv == nullptr) continue;
    std::uint64_t first_uses = 0;
    for (std::uint64_t f = 0; f < conv->folds(); ++f) {
      first_uses += conv->first_use_of_filter(conv->fold(f)) ? 1 : 0;
    }
    memory::CodeOutcomes expected;
    for (std::uint64_t times = conv->folds() / first_uses; times > 0; --times) {
      expected += view.weight_words[i];
    }
    const memory::CodeOutcomes& found = reads.outcomes[i];
    EXPECT_EQ(found.words, expected.words) << i;
    EXPECT_EQ(found.corrected, expected.corrected) << i;
    EXPECT_EQ(found.detected, expected.detected) << i;
    EXPECT_EQ(found.silent, expected.silent) << i;
  }
}

}  // namespace

Scenario scenario_with(std::uint64_t seed, const memory::FaultConfig& faults, double coded_share) {
  Scenario s = scenario(seed);
  if (coded_share > 0) {
    if (seed % 4 == 0) {  // words narrower than a partial sum
      s.machine.memory.macro.rows = 64 * 64 / 8;
      s.machine.memory.macro.word_bits = 8;
      for (const memory::GroupId group : memory::kGroups) {
        s.machine.accelerator.buffers[group].ecc = {};
      }
    }
    protect(s.machine, seed, coded_share);
  }
  s.machine.memory.faults = faults;
  if (faults.access_time && !s.machine.memory.delay) {
    s.machine.memory.delay = memory::DelayLaw{Picoseconds(900), VminRatio(0.5), 1.3, ""};
  }
  if (faults.uses(memory::Mechanism::kWriteFailure) || faults.uses(memory::Mechanism::kRetention)) {
    s.point = OperatingPoint(s.point.rails());
  }
  return s;
}

int compare_engines(const Scenario& s, std::uint64_t seed) {
  const models::Inference healthy = models::run_reference(s.graph, s.input);
  int changed = 0;
  try {
    const CycleEngine cycle(s.graph, s.machine);
    const FastEngine fast(s.graph, s.machine);
    const ChipMaker maker(s.graph, cycle.program(), s.machine);
    const memory::Chip chip = maker.make(ChipId(seed), highest_fault_rates(s.machine, s.point));
    const FastEngine::View view = fast.view(chip, s.point);
    FastGraph::Workspace workspace = fast.make_workspace();
    for (std::uint32_t image = 0; image < 3; ++image) {
      if (image == 0) {
        WeightReads reads(s.graph.nodes.size());
        static_cast<void>(cycle.run(s.input, chip, s.point, image, &reads));
        expect_same_outcomes(fast, view, reads);
      }
      WeightFlipCounter counter(s.graph, cycle.program());
      const models::Inference a = cycle.run(s.input, chip, s.point, image, &counter).inference;
      const models::Inference b = fast.run_all(view, s.input, workspace, image);
      std::vector<std::int32_t> logits;
      EXPECT_EQ(counter.flipped(), fast.run(view, s.input, workspace, logits, image)) << image;
      EXPECT_NO_THROW(require_equal(s.graph, fast.program(), s.machine, b, a)) << image;
      if (image > 0) continue;
      for (std::size_t i = 0; i < a.codes.size(); ++i) changed += a.codes[i] != healthy.codes[i];
    }
  } catch (const InputError& error) {
    EXPECT_NE(std::string(error.what()).find("one step needs"), std::string::npos) << error.what();
    return -1;
  }
  return changed;
}

}  // namespace brownout::accel
