// SPDX-License-Identifier: Apache-2.0
#include "sim/core/edit_distance.h"

#include <gtest/gtest.h>

namespace brownout {
namespace {

TEST(EditDistance, CountsEachKindOfEditOnce) {
  EXPECT_EQ(edit_distance("rows", "rows"), 0U);
  EXPECT_EQ(edit_distance("row", "rows"), 1U);
  EXPECT_EQ(edit_distance("rowss", "rows"), 1U);
  EXPECT_EQ(edit_distance("rous", "rows"), 1U);
  EXPECT_EQ(edit_distance("rwos", "rows"), 1U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(EditDistance, FromNothingIsTheLength) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("", "rail"), 4U);
  EXPECT_EQ(edit_distance("rail", ""), 4U);
}

TEST(EditDistance, DoesNotEditASwappedPairAgain) { EXPECT_EQ(edit_distance("ca", "abc"), 3U); }

TEST(NearestName, FindsTheIntendedKey) {
  const std::vector<std::string> keys = {"rows", "cols", "dataflow", "word_bits"};
  EXPECT_EQ(nearest_name("datafolw", keys), "dataflow");
  EXPECT_EQ(nearest_name("wordbits", keys), "word_bits");
  EXPECT_EQ(nearest_name("col", keys), "cols");
}

TEST(NearestName, TakesTheFirstOfEquals) {
  EXPECT_EQ(nearest_name("bow", {"row", "low"}), "row");
  EXPECT_EQ(nearest_name("bow", {"low", "row"}), "low");
}

TEST(NearestName, StaysSilentWhenNothingIsNear) {
  EXPECT_EQ(nearest_name("voltage", {"rows", "cols"}), std::nullopt);
  EXPECT_EQ(nearest_name("rows", {}), std::nullopt);
}

}  // namespace
}  // namespace brownout
