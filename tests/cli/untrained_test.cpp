// SPDX-License-Identifier: Apache-2.0
// Networks known by their shapes only: timing and energy, never accuracy.
#include <gtest/gtest.h>

#include "tests/cli/cli_fixture.h"

namespace brownout::cli_test {
namespace {

using UntrainedTest = CliTest;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

constexpr const char* kTopology = "name,h,w,fh,fw,c,n,s,\none,9,7,3,2,5,6,2,\ntwo,20,30,40,\n";

TEST_F(UntrainedTest, RunGivesTimingWithoutAccuracy) {
  write("t.csv", kTopology);
  const Outcome outcome = run({"run", "a.yaml", "--set", "network=t.csv", "--out", "o"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_TRUE(contains(outcome.output, "t (untrained) on "));
  EXPECT_TRUE(contains(outcome.output, "accuracy          none, untrained"));
  EXPECT_TRUE(contains(outcome.output, "\ntwo "));
  EXPECT_FALSE(contains(outcome.output, "SCALE-Sim"));
  EXPECT_EQ(lines("o/layers.csv"), 3U);
}

TEST_F(UntrainedTest, ScaleSimAccountingHasColumnsOfItsOwn) {
  write("t.csv", kTopology);
  const Outcome outcome = run({"run", "a.yaml", "--set", "network=t.csv", "--set",
                               "accelerator.accounting=scale_sim", "--out", "o"});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.errors;
  EXPECT_TRUE(contains(outcome.output, "SCALE-Sim, elements")) << outcome.output;
  EXPECT_TRUE(contains(read("o/layers.csv"), "scale_sim_filter_reads"));
  const Outcome trained = run({"run", "a.yaml", "--images", "1", "--set",
                               "accelerator.accounting=scale_sim", "--out", "p"});
  EXPECT_EQ(trained.exit_code, 0) << trained.errors;
  EXPECT_TRUE(contains(trained.output, "SCALE-Sim, elements"));
  EXPECT_EQ(run({"report", "p"}).exit_code, 0);
}

TEST_F(UntrainedTest, WhatNeedsTrainedWeightsIsRefused) {
  write("t.csv", kTopology);
  const Outcome engine = run({"run", "a.yaml", "--set", "network=t.csv", "--engine", "both"});
  EXPECT_EQ(engine.exit_code, 2);
  EXPECT_TRUE(contains(engine.errors, "untrained: timing and energy only")) << engine.errors;
  const Outcome sweep = run({"sweep", "a.yaml", "--set", "network=t.csv"});
  EXPECT_EQ(sweep.exit_code, 2);
  EXPECT_TRUE(contains(sweep.errors, "found an untrained network")) << sweep.errors;
  EXPECT_EQ(run({"run", "a.yaml", "--set", "network=none.csv"}).exit_code, 2);
  EXPECT_EQ(run({"config", "check", "a.yaml", "--set", "network=t.csv"}).exit_code, 0);
}

}  // namespace
}  // namespace brownout::cli_test
