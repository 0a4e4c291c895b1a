// SPDX-License-Identifier: Apache-2.0
// The house rules on the tree itself. That each of them can fail is tested beside it.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/lint/layer_rules.h"
#include "tests/lint/source_file.h"
#include "tests/lint/text_rules.h"

namespace brownout::lint {
namespace {

const std::vector<SourceFile>& tree() {
  static const std::vector<SourceFile> kTree = load_source_tree(BROWNOUT_SOURCE_DIR);
  return kTree;
}

void expect_none(const Findings& findings) {
  for (const std::string& finding : findings) ADD_FAILURE() << finding;
}

void expect_each_obeys(Findings (*rule)(const SourceFile&)) {
  for (const SourceFile& file : tree()) expect_none(rule(file));
}

TEST(SourceTree, IsFound) {
  for (const std::string path : {"CMakeLists.txt", "dev", ".ci/run", "cmake/BrownoutTargets.cmake",
                                 "sim/core/units.h", "tests/lint/source_tree_test.cpp"}) {
    EXPECT_TRUE(std::any_of(tree().begin(), tree().end(), [&](const SourceFile& file) {
      return file.path == path;
    })) << path;
  }
}

TEST(SourceTree, LicenceLineComesFirst) { expect_each_obeys(check_licence_line); }
TEST(SourceTree, HeadersArePragmaOnce) { expect_each_obeys(check_pragma_once); }
TEST(SourceTree, FilesStayShort) { expect_each_obeys(check_size); }
TEST(SourceTree, OnlyTheCommandLinePrintsAndExits) {
  expect_each_obeys(check_no_printing_or_exits);
}
TEST(SourceTree, OwnershipIsValuesAndUniquePointers) { expect_each_obeys(check_ownership); }
TEST(SourceTree, SystemcStaysInModules) { expect_each_obeys(check_systemc_types); }
TEST(SourceTree, LibtorchStaysInTraining) { expect_each_obeys(check_torch_includes); }
TEST(SourceTree, IncludesGoDownTheLayers) { expect_each_obeys(check_layers); }
TEST(SourceTree, FoldersHaveNoCycles) { expect_none(check_folder_cycles(tree())); }

}  // namespace
}  // namespace brownout::lint
