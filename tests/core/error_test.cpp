// SPDX-License-Identifier: Apache-2.0
#include "sim/core/error.h"

#include <gtest/gtest.h>

namespace brownout {
namespace {

TEST(Error, EachClassHasItsExitCode) {
  EXPECT_EQ(InputError("x").exit_code(), 2);
  EXPECT_EQ(SimulationError("x").exit_code(), 3);
  EXPECT_EQ(MismatchError("x").exit_code(), 4);
}

TEST(Error, KeepsItsExitCodeWhenCaughtAsTheBase) {
  try {
    throw InputError("bad voltage");
  } catch (const Error& error) {
    EXPECT_EQ(error.exit_code(), 2);
    EXPECT_STREQ(error.what(), "bad voltage");
  }
}

TEST(Require, ThrowsWithItsContextOnlyWhenBroken) {
  EXPECT_NO_THROW(require(true, "fold fits the array"));
  try {
    require(false, "fold fits the array");
    FAIL() << "did not throw";
  } catch (const SimulationError& error) {
    EXPECT_STREQ(error.what(), "invariant broken: fold fits the array");
  }
}

}  // namespace
}  // namespace brownout
