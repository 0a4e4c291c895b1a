// SPDX-License-Identifier: Apache-2.0
// The comparison of the engines must be able to fail: any single changed value is found and named.
#include "accel/compare.h"

#include <gtest/gtest.h>

#include "accel/cycle_engine.h"
#include "sim/core/error.h"
#include "tests/accel/machine_fixture.h"
#include "tests/support/random_graph.h"

namespace brownout::accel {
namespace {

class Compare : public testing::Test {
 protected:
  Compare()
      : graph_(test_support::random_graph(21)),
        machine_(small_machine(8, 8, 200)),
        engine_(graph_, machine_),
        run_(engine_.run(test_support::random_input(graph_, 21),
                         memory::Chip(ChipId(0), machine_.geometry(), {0.0, 0.0, 0.0}, {}),
                         rails(1, 1, 1))) {}

  std::string difference(const models::Inference& changed) const {
    try {
      require_equal(graph_, engine_.program(), machine_, changed, run_.inference);
    } catch (const MismatchError& error) {
      EXPECT_EQ(error.exit_code(), 4);
      return error.what();
    }
    return "";
  }

  models::Graph graph_;
  Machine machine_;
  CycleEngine engine_;
  CycleRun run_;
};

TEST_F(Compare, EqualRunsAreEqual) {
  EXPECT_EQ(difference(run_.inference), "");
  EXPECT_NO_THROW(require_equal(run_.statistics, run_.statistics));
}

TEST_F(Compare, OneChangedCodeIsNamedWithLayerElementAndAddress) {
  for (std::size_t layer = 0; layer < graph_.nodes.size(); ++layer) {
    if (run_.inference.codes[layer].empty()) continue;
    models::Inference changed = run_.inference;
    changed.codes[layer].back() ^= 1;
    const std::string message = difference(changed);
    EXPECT_NE(message.find("layer '" + graph_.nodes[layer].name + "'"), std::string::npos)
        << message;
    EXPECT_NE(message.find("element " + std::to_string(changed.codes[layer].size() - 1) + " "),
              std::string::npos)
        << message;
    EXPECT_NE(message.find("ofmap macro"), std::string::npos) << message;
  }
}

TEST_F(Compare, OneChangedLogitIsFound) {
  models::Inference changed = run_.inference;
  changed.logits.front() += 1;
  EXPECT_NE(difference(changed), "");
}

TEST_F(Compare, OneChangedCountIsNamedWithItsStatistic) {
  RunStatistics changed = run_.statistics;
  ++changed.layers.back().accesses[memory::GroupId::kFilter].reads;
  try {
    require_equal(changed, run_.statistics);
    FAIL() << "a changed count was not found";
  } catch (const MismatchError& error) {
    EXPECT_NE(std::string(error.what()).find("filter_reads"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace brownout::accel
